import type { Context } from '../../context.js';
import {
  describeEvidence,
  evidenceWithinMs,
  type Report,
  reportsNeeded,
  timelyReports,
} from '../../domain/statuses/evidence.js';
import { longestDeliveryMs, mayBeOf } from '../../domain/statuses/match-message.js';
import { type BroadcastOfNumber, beginMatching, findBroadcasts } from '../../store/broadcast-logs.js';
import {
  putContradictedBack,
  type ReportedSend,
  reportedSends,
  reportsOf,
  settleAsSent,
} from '../../store/evidence.js';
import type { Sql } from '../../store/postgres/sql.js';

/** No batch is sent again that callbacks tell of, though an operator found that it was not sent: it is `unknown` once more. */
export async function stopContradicted(ctx: Context): Promise<void> {
  const batchIds = await putContradictedBack(ctx.db, ctx.worker);
  if (batchIds.length > 0)
    ctx.logger.error({ batchIds }, 'resolved as not sent, and callbacks tell that they were sent');
}

/**
 * Settles unknown broadcasts as sent of which callbacks tell enough. Nothing settles one as not sent: silence proves nothing.
 * Any number of processes may do this at the same time.
 */
export async function settleByEvidence(ctx: Context): Promise<void> {
  if (ctx.config.evidence === 'suggest') return;
  // One batch's trouble is not the others'.
  for (const send of await reportedSends(ctx.db, evidenceWithinMs))
    await settle(ctx, send).catch((err) =>
      ctx.logger.error({ err, batchId: send.batchId }, 'not settled; it will be tried again'),
    );
}

async function settle(ctx: Context, send: ReportedSend): Promise<void> {
  // Most aren't proven, and callbacks needn't wait for that to be found out.
  if ((await ctx.db.$transaction((tx) => countProofs(tx, send))) < reportsNeeded(send.size)) return;
  const timely = timelyReports(await reportsOf(ctx.db, send), send.beganAt);
  const proofs = await ctx.db.$transaction(async (tx) => {
    // From here on no callback may move a message to another broadcast.
    await beginMatching(
      tx,
      timely.map(({ phoneNumber }) => phoneNumber),
    );
    const reported = await countProofs(tx, send);
    const isProven = reported >= reportsNeeded(send.size);
    return isProven && (await settleAsSent(tx, send, { worker: ctx.worker, reported, of: send.size })) ? reported : 0;
  });
  if (proofs === 0) return;
  const told = describeEvidence({ reported: proofs, of: send.size });
  ctx.logger.warn({ batchId: send.batchId, attemptNumber: send.send }, `settled by callbacks: ${told}`);
}

/** How many numbers prove by their message that this send was made: it came in time, and can be that of no other broadcast. */
async function countProofs(tx: Sql, send: ReportedSend): Promise<number> {
  const reports = timelyReports(await reportsOf(tx, send), send.beganAt);
  if (reports.length < reportsNeeded(send.size)) return 0;
  const others = await numbersWithOthers(tx, send, reports);
  return reports.filter(({ phoneNumber }) => !others.has(phoneNumber)).length;
}

async function numbersWithOthers(
  tx: Sql,
  send: ReportedSend,
  reports: readonly Report[],
): Promise<ReadonlySet<string>> {
  const firstAt = new Map(reports.map((report) => [report.phoneNumber, report.firstAt]));
  const broadcasts = await findBroadcasts(
    tx,
    send.account,
    reports.map(({ phoneNumber, firstAt: at }) => ({
      phoneNumber,
      from: new Date(at.getTime() - longestDeliveryMs),
      to: new Date(at.getTime() + longestDeliveryMs),
    })),
  );
  const others = broadcasts.filter((other) => {
    const at = firstAt.get(other.phoneNumber);
    return at !== undefined && isOther(other, send) && mayBeOf({ firstAt: at }, other);
  });
  return new Set(others.map(({ phoneNumber }) => phoneNumber));
}

/** A broadcast whose own message was on its way before this send began has no second one, and is out of the question. */
function isOther({ batchId, send, holder }: BroadcastOfNumber, asked: ReportedSend): boolean {
  const isExplained = holder !== null && holder.firstAt < asked.beganAt;
  return (batchId !== asked.batchId || send !== asked.send) && !isExplained;
}
