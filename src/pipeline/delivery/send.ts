import type { DeliveryContext } from '../../context.js';
import { readLines } from '../../domain/recipients/recipient.js';
import { composeMessage, type MessageTemplate, type MessageValues } from '../../domain/runs/message.js';
import { formatStartedAt } from '../../domain/timing/start-at.js';
import { within } from '../../domain/timing/within.js';
import { messageOf } from '../../errors.js';
import type { HttpAnswer } from '../../qiscus/answers.js';
import type { NoAnswer } from '../../qiscus/client.js';
import { type Attempt, recordAnswer } from '../../store/attempts.js';
import { type Claim, recordFailure, releaseClaim } from '../../store/claims.js';
import { holdIfForgotten, wasLedgerWhole } from '../check-ledger.js';
import { patiently, producerPatienceMs } from '../patience.js';
import { troubleOf } from './hold.js';
import { isAccountsTrouble, isMessagesTrouble, readAnswer, readMessageAnswer } from './read-answer.js';
import { recordSend } from './record.js';
import { reserveSend } from './reserve.js';

/** `asked`: a request may have been made. `withheld`: it was intended, and not made. `not begun`: no intent was committed. */
type Sent = 'asked' | 'withheld' | 'not begun';

/**
 * Sends an uploaded batch: the intent is committed, then the request is made, once, then the answer is recorded.
 * What can't be known is `unknown`, and never sent again by itself. @param reserve commits the intent, if it may be sent now.
 */
export async function sendBatch(
  ctx: DeliveryContext,
  claim: Claim,
  reserve: () => Promise<Attempt | undefined> = () => reserveSend(ctx, claim),
): Promise<Sent> {
  if (!(await wasLedgerWhole(ctx))) {
    await releaseClaim(ctx.db, claim);
    return 'not begun';
  }
  const clock = startClock(ctx.config.claimTtlMs - ctx.config.requestTimeoutMs);
  // What could fail of our own does so before the intent.
  const message = claim.individual ? messageOfClaim(claim) : undefined;
  if (claim.individual && !message) {
    await recordFailure(ctx.db, claim, 'Postgres has lost to whom it was to go, and what it was to say.');
    return 'not begun';
  }
  const attempt = await intend(ctx, claim, reserve);
  if (!attempt) return 'not begun';
  const answer = await request(ctx, claim, attempt, message, clock);
  const isTrouble = message ? isMessagesTrouble(answer) : isAccountsTrouble(answer);
  const read = message ? readMessageAnswer(answer) : readAnswer(answer);
  await recordSend(ctx, claim, attempt, read, isTrouble ? troubleOf(answer, claim.now()) : undefined);
  return 'status' in answer || answer.reached !== 'withheld' ? 'asked' : 'withheld';
}

/** Postgres may go away between committing the intent and saying so. Nothing was sent then, and that is put on record. */
async function intend(
  ctx: DeliveryContext,
  claim: Claim,
  reserve: () => Promise<Attempt | undefined>,
): Promise<Attempt | undefined> {
  try {
    return await reserve();
  } catch (error) {
    const answer = readAnswer({ reached: 'withheld', error: `the intent was not confirmed: ${messageOf(error)}` });
    await patiently(ctx, () => recordAnswer(ctx.db, claim.token, answer), producerPatienceMs);
    throw error;
  }
}

async function request(
  ctx: DeliveryContext,
  claim: Claim,
  attempt: Attempt,
  message: ClaimedMessage | undefined,
  clock: Clock,
): Promise<HttpAnswer | NoAnswer> {
  const objection = await remember(ctx, claim, attempt);
  if (objection) return { reached: 'withheld', error: objection };
  const { templateDetailId, separator } = claim;
  const { broadcastFileId, broadcastName: name } = attempt;
  const startedAt = attempt.startedAt ? formatStartedAt(attempt.startedAt) : undefined;
  const qiscus = ctx.qiscus.of(claim.account);
  const mayStart = () => !clock.isOver();
  if (message) return qiscus.sendMessage({ ...message, templateDetailId, name, startedAt }, mayStart);
  if (broadcastFileId === null) return { reached: 'withheld', error: 'there is no file to send' };
  return qiscus.send({ templateDetailId, broadcastFileId, name, separator, startedAt }, mayStart);
}

type ClaimedMessage = MessageTemplate & MessageValues & { channelId: number };

function messageOfClaim({
  batchId,
  columns,
  lines,
  delivery: { channelId, individual },
}: Claim): ClaimedMessage | undefined {
  const [row] = readLines(lines ?? '');
  if (!row) return undefined;
  if (!individual || channelId === null) throw new Error(`batch ${batchId} is no message`);
  return { ...individual, ...composeMessage(columns, row), channelId };
}

/**
 * A send that Redis can't remember isn't made: a Postgres that goes back would forget it, and make it again. Nor is one
 * whose batch was sent meanwhile, as far as Redis remembers and this worker doesn't know. Returns why it must not be made.
 */
async function remember(ctx: DeliveryContext, { batchId }: Claim, attempt: Attempt): Promise<string | undefined> {
  const { id: attemptId, number, token, broadcastFileId, earlierTokens } = attempt;
  try {
    const send = {
      ...{ attemptId, number, token, batchId },
      ...(broadcastFileId !== null && { broadcastFileId }),
      ...(attempt.startedAt && { startedAt: attempt.startedAt.toISOString() }),
    };
    const other = await within(noteLimitMs(ctx), ctx.witness.remember(send, earlierTokens));
    if (!other) return undefined;
    // Before the batch waits again: if the ledger has forgotten that send, everything is to stop.
    await patiently(ctx, () => holdIfForgotten(ctx, [other]), Number.POSITIVE_INFINITY);
    return `Redis remembers another send of this batch, attempt ${other.number}`;
  } catch (error) {
    return `Redis did not take note of it: ${messageOf(error)}`;
  }
}

/**
 * A note that isn't confirmed long before the claim ends is taken for one that wasn't made: nothing is sent, and that is put on
 * record while the claim lasts. If it still arrives, it names an attempt that the ledger has, and does no harm.
 */
function noteLimitMs({ config }: DeliveryContext): number {
  return Math.min(longestNoteMs, Math.max(shortestNoteMs, (config.claimTtlMs - config.requestTimeoutMs) / 2));
}

const longestNoteMs = 5_000;
const shortestNoteMs = 250;

type Clock = { isOver(): boolean };

/**
 * Tells whether a request that begins now would outlive its claim. Two clocks, because the monotonic one
 * stands still while a machine sleeps, and the other one can be set.
 */
function startClock(graceMs: number): Clock {
  const [wall, steady] = [Date.now(), performance.now()];
  return { isOver: () => Math.max(Date.now() - wall, performance.now() - steady) >= graceMs };
}
