import type { DeliveryContext } from '../../context.js';
import { identityIn } from '../../domain/recipients/recipient.js';
import { isOptOut } from '../../domain/statuses/broadcast-log.js';
import { type Attempt, type Recorded, recordAnswer } from '../../store/attempts.js';
import type { Claim } from '../../store/claims.js';
import { forgetTroubles, liftProbedHolds, noteUnknown } from '../../store/holds.js';
import { insertBroadcastLogs } from '../../store/message-logs.js';
import { recordAnsweredOptOut } from '../../store/opt-outs.js';
import { isPostgresAway } from '../../store/postgres/database.js';
import { endOneByOne } from '../../store/runs.js';
import { patiently } from '../patience.js';
import { traced } from '../traced.js';
import { type Trouble, writeHold } from './hold.js';
import type { SendAnswer } from './read-answer.js';

/** A record that takes longer than this is told in the log before it is made. */
const lateMs = 1_000;

/**
 * Records the answer of a send, however late, and what follows from it for the account. It waits for
 * Postgres as long as it takes: the answer exists nowhere else but, then, in the log.
 */
export async function recordSend(
  ctx: DeliveryContext,
  claim: Claim,
  attempt: Attempt,
  answer: SendAnswer,
  trouble: Trouble | undefined,
): Promise<void> {
  const { outcome, httpStatus, broadcastJobId, error } = answer;
  const log = ctx.logger.child({ runId: claim.runId, batchId: claim.batchId, attemptNumber: attempt.number });
  const words = { outcome, httpStatus, broadcastJobId, error };
  // Recorded before it is logged; if that takes long, the log keeps it meanwhile, and this process may die first.
  const late = setTimeout(() => log.warn(words, 'the answer is not recorded yet'), lateMs);
  ctx.unrecorded.add(attempt.token);
  const { settlement, troubled } = await traced(ctx, 'record', claim, (tell) => {
    tell(outcome);
    return patiently(ctx, () => recordAtLeast(ctx, claim, attempt.token, answer, trouble), Number.POSITIVE_INFINITY);
  })
    .catch((err: unknown) => {
      log.error({ ...words, err }, 'the answer could not be recorded');
      throw err;
    })
    .finally(() => {
      clearTimeout(late);
      ctx.unrecorded.delete(attempt.token);
    });
  log.info(words, 'answered');
  ctx.meters.attempt(outcome, claim.size);
  if (troubled && outcome === 'scheduled') await endTroubles(ctx, claim.account);
  if (trouble) log.warn({ account: claim.account, ...trouble }, 'account held');
  if (settlement === 'lost')
    log.error({ broadcastJobId }, 'the ledger has lost this send: it went back to an older state');
  if (settlement === 'extra')
    log.error(
      { broadcastJobId },
      'accepted once too often: the batch had been settled otherwise before this answer came',
    );
}

/** A fault in a message's logs must not keep its answer from being recorded. */
async function recordAtLeast(
  ctx: DeliveryContext,
  claim: Claim,
  token: string,
  answer: SendAnswer,
  trouble: Trouble | undefined,
): Promise<Recorded> {
  try {
    return await record(ctx, claim, token, answer, trouble);
  } catch (err) {
    if (answer.logs.length === 0 || isPostgresAway(err)) throw err;
    ctx.logger.error({ err, batchId: claim.batchId }, 'the logs of this message could not be kept');
    return record(ctx, claim, token, { ...answer, logs: [] }, trouble);
  }
}

async function record(
  ctx: DeliveryContext,
  claim: Claim,
  token: string,
  answer: SendAnswer,
  trouble: Trouble | undefined,
): Promise<Recorded> {
  const { batchId, runId, account, individual, oneByOne, probing, lines } = claim;
  const { outcome, logs, broadcastJobId } = answer;
  const accepted = isOrdinary(claim, answer) && (await acceptMessage(ctx, claim, token, answer));
  if (accepted) return { settlement: 'settled', troubled: accepted.troubled };
  // A message that got through to Qiscus is what an upload is else: a probe that found the account in order.
  const lifts = individual && probing && !trouble && (outcome === 'scheduled' || outcome === 'failed');
  if (!trouble && outcome !== 'unknown' && !lifts && !oneByOne && logs.length === 0)
    return recordAnswer(ctx.db, token, answer);
  // What is wrong with the account stands there as soon as the answer does, so that nothing is sent in between.
  return ctx.db.$transaction(async (tx) => {
    const recorded = await recordAnswer(tx, token, answer);
    const isNew = recorded.settlement !== 'repeated' && recorded.settlement !== 'lost';
    const phoneNumber = identityIn(lines ?? '');
    if (isNew && logs.length > 0) {
      await insertBroadcastLogs(tx, token, { phoneNumber, broadcastJobId, logs });
    }
    if (outcome === 'unknown' && recorded.settlement === 'settled') await noteUnknown(tx, account, [batchId]);
    if (outcome === 'scheduled' && oneByOne) await endOneByOne(tx, runId);
    if (trouble) await writeHold(tx, account, trouble);
    if (lifts) await liftProbedHolds(tx, account);
    const optOut = isNew ? logs.find(isOptOut) : undefined;
    const reference = optOut?.messageId ?? batchId;
    if (optOut) await recordAnsweredOptOut(tx, { account, phoneNumber, batchId, reference });
    return recorded;
  });
}

/** An accepted message of which nothing follows but its log. */
function isOrdinary({ individual, oneByOne, probing }: Claim, { outcome, logs }: SendAnswer): boolean {
  return individual && !oneByOne && !probing && outcome === 'scheduled' && !logs.some(isOptOut);
}

/** Together with others, of which one may have a fault that isn't this one's: then it is recorded alone. */
async function acceptMessage(
  ctx: DeliveryContext,
  claim: Claim,
  token: string,
  { httpStatus, broadcastJobId, logs }: SendAnswer,
): Promise<{ troubled: boolean } | undefined> {
  const phoneNumber = identityIn(claim.lines ?? '');
  try {
    return await ctx.messages.accept({ batchId: claim.batchId, token, phoneNumber, httpStatus, broadcastJobId, logs });
  } catch (err) {
    if (isPostgresAway(err)) throw err;
    ctx.logger.warn({ err, batchId: claim.batchId }, 'answers to messages are recorded one by one');
    return undefined;
  }
}

/** If this is lost, the next send that goes through does the same. */
async function endTroubles(ctx: DeliveryContext, account: string): Promise<void> {
  await ctx.db
    .$transaction((tx) => forgetTroubles(tx, account))
    .catch((err) => ctx.logger.warn({ err, account }, 'failures of the account not reset'));
}
