import type { DeliveryContext } from '../context.js';
import { formatStartedAt } from '../domain/start-at.js';
import { messageOf } from '../errors.js';
import { type HttpAnswer, isRefusalIn2xx, isSuccess, providerWords, readBroadcastJob } from '../qiscus/answers.js';
import type { NoAnswer } from '../qiscus/client.js';
import { type Answer, type Attempt, recordAnswer } from '../store/attempts.js';
import { type Claim, releaseClaim } from '../store/claims.js';
import type { Json } from '../store/database.js';
import { troubleOf } from './hold.js';
import { holdIfForgotten, wasLedgerWhole } from './ledger.js';
import { patiently } from './patience.js';
import { recordSend } from './record.js';
import { reserveSend } from './reserve.js';

/**
 * Sends an uploaded batch: the intent is committed, then the request is made, once, then the answer is recorded.
 * What can't be known is `unknown`, and never sent again by itself.
 */
export async function sendBatch(ctx: DeliveryContext, claim: Claim): Promise<void> {
  if (!(await wasLedgerWhole(ctx))) return releaseClaim(ctx.db, claim);
  const clock = startClock(ctx.config.claimTtlMs - ctx.config.requestTimeoutMs);
  const attempt = await intend(ctx, claim);
  if (!attempt) return;
  const answer = await request(ctx, claim, attempt, clock);
  await recordSend(ctx, claim, attempt, readAnswer(answer), isAccountsTrouble(answer) ? troubleOf(answer) : undefined);
}

/** Postgres may go away between committing the intent and saying so. Nothing was sent then, and that is put on record. */
async function intend(ctx: DeliveryContext, claim: Claim): Promise<Attempt | undefined> {
  try {
    return await reserveSend(ctx, claim);
  } catch (error) {
    const answer = readAnswer({ reached: 'withheld', error: `the intent was not confirmed: ${messageOf(error)}` });
    await patiently(ctx, () => recordAnswer(ctx.db, claim.token, answer));
    throw error;
  }
}

async function request(
  ctx: DeliveryContext,
  claim: Claim,
  attempt: Attempt,
  clock: Clock,
): Promise<HttpAnswer | NoAnswer> {
  const { broadcastFileId } = attempt;
  const objection = await remember(ctx, claim, attempt);
  if (objection) return { reached: 'withheld', error: objection };
  const send = {
    templateDetailId: claim.templateDetailId,
    broadcastFileId,
    name: attempt.broadcastName,
    separator: claim.separator,
    startedAt: attempt.startedAt ? formatStartedAt(attempt.startedAt) : undefined,
  };
  return ctx.qiscus.send(send, () => !clock.isOver());
}

/**
 * A send that Redis can't remember isn't made: a Postgres that goes back would forget it, and make it again. Nor is one
 * whose batch was sent meanwhile, as far as Redis remembers and this worker doesn't know. Returns why it must not be made.
 */
async function remember(ctx: DeliveryContext, { batchId }: Claim, attempt: Attempt): Promise<string | undefined> {
  const { id: attemptId, number, token, broadcastFileId, earlierTokens } = attempt;
  try {
    const startedAt = attempt.startedAt && { startedAt: attempt.startedAt.toISOString() };
    const send = { attemptId, number, token, broadcastFileId, batchId, ...startedAt };
    const other = await ctx.witness.remember(send, earlierTokens);
    if (!other) return undefined;
    // Before the batch waits again: if the ledger has forgotten that send, everything is to stop.
    await patiently(ctx, () => holdIfForgotten(ctx, [other]), Number.POSITIVE_INFINITY);
    return `Redis remembers another send of this batch, attempt ${other.number}`;
  } catch (error) {
    return `Redis did not take note of it: ${messageOf(error)}`;
  }
}

/** The failure table of a send. */
export function readAnswer(answer: HttpAnswer | NoAnswer): Answer {
  const nothing = { broadcastJobId: null, broadcastJob: null };
  if (!('status' in answer)) {
    const outcome = answer.reached === 'unknown' ? 'unknown' : 'not_sent';
    return { ...nothing, outcome, httpStatus: null, error: answer.error };
  }
  const job = readBroadcastJob(answer);
  if (job) {
    const { broadcastJobId, broadcastJob } = job;
    return {
      outcome: 'scheduled',
      httpStatus: answer.status,
      broadcastJobId,
      broadcastJob: broadcastJob as Json,
      error: null,
    };
  }
  return { ...nothing, outcome: outcomeWithoutJob(answer), httpStatus: answer.status, error: providerWords(answer) };
}

function outcomeWithoutJob(answer: HttpAnswer): Answer['outcome'] {
  if (isSuccess(answer)) return isRefusalIn2xx(answer) ? 'failed' : 'unknown';
  if (isAccountsTrouble(answer)) return 'not_sent';
  return answer.status >= 300 && answer.status < 500 && answer.status !== 408 && answer.status !== 409
    ? 'failed'
    : 'unknown';
}

/** Nothing was sent, and nothing would be until something changes for the account: refused, throttled or out of reach. */
function isAccountsTrouble(answer: HttpAnswer | NoAnswer): boolean {
  return 'status' in answer ? [401, 402, 403, 429].includes(answer.status) : answer.reached === 'nothing';
}

type Clock = { isOver(): boolean };

/**
 * Tells whether a request that begins now would outlive its claim. Two clocks, because the monotonic one
 * stands still while a machine sleeps, and the other one can be set.
 */
function startClock(graceMs: number): Clock {
  const [wall, steady] = [Date.now(), performance.now()];
  return { isOver: () => Math.max(Date.now() - wall, performance.now() - steady) >= graceMs };
}
