import type { Context } from '../context.js';
import { describeEvidence, evidenceWithinMs, reportsNeeded, timelyReports } from '../domain/evidence.js';
import { longestDeliveryMs, mayBeOf } from '../domain/message-place.js';
import { findBroadcasts, lockMessages } from '../store/broadcast-logs.js';
import type { Sql } from '../store/database.js';
import {
  putContradictedBack,
  type ReportedBroadcast,
  reportedBroadcasts,
  reportsOf,
  settleAsSent,
} from '../store/evidence.js';

/** No batch is sent again that call-backs tell of, though an operator found that it was not sent: it is `unknown` once more. */
export async function stopContradicted(ctx: Context): Promise<void> {
  const batchIds = await putContradictedBack(ctx.db);
  if (batchIds.length > 0)
    ctx.logger.error({ batchIds }, 'resolved as not sent, and call-backs tell that they were sent');
}

/**
 * Settles unknown broadcasts as sent of which call-backs tell enough. Nothing settles one as not sent: silence proves nothing.
 * Any number of processes may do this at the same time.
 */
export async function settleByEvidence(ctx: Context): Promise<void> {
  if (ctx.config.evidence === 'suggest') return;
  for (const broadcast of await reportedBroadcasts(ctx.db, evidenceWithinMs)) {
    const reported = await ctx.db.$transaction((tx) => settleIfProven(ctx, tx, broadcast));
    if (reported === undefined) continue;
    const told = describeEvidence({ reported, of: broadcast.size });
    ctx.logger.warn({ batchId: broadcast.batchId, attemptNumber: broadcast.send }, `settled by call-backs: ${told}`);
  }
}

/** How many messages proved that it was sent; `undefined`: too few, or it was settled meanwhile. */
async function settleIfProven(ctx: Context, tx: Sql, broadcast: ReportedBroadcast): Promise<number | undefined> {
  const { size, beganAt } = broadcast;
  const timely = timelyReports(await reportsOf(tx, broadcast), beganAt);
  if (timely.length < reportsNeeded(size)) return undefined;
  // No call-back may move a message to another broadcast meanwhile.
  await lockMessages(
    tx,
    timely.map(({ phoneNumber }) => phoneNumber),
  );
  const reports = timelyReports(await reportsOf(tx, broadcast), beganAt);
  if (reports.length < reportsNeeded(size)) return undefined;
  const others = await numbersWithOthers(tx, broadcast, reports);
  const proofs = reports.filter(({ phoneNumber }) => !others.has(phoneNumber)).length;
  if (proofs < reportsNeeded(size)) return undefined;
  const settled = await settleAsSent(tx, broadcast, { worker: ctx.worker, reported: proofs, of: size });
  return settled ? proofs : undefined;
}

/** Numbers whose message may as well be that of another broadcast: they prove nothing. */
async function numbersWithOthers(
  tx: Sql,
  { batchId, send }: ReportedBroadcast,
  reports: readonly { phoneNumber: string; firstAt: Date }[],
): Promise<ReadonlySet<string>> {
  const firstAt = new Map(reports.map((report) => [report.phoneNumber, report.firstAt]));
  const broadcasts = await findBroadcasts(
    tx,
    reports.map(({ phoneNumber, firstAt: at }) => ({
      phoneNumber,
      from: new Date(at.getTime() - longestDeliveryMs),
      to: new Date(at.getTime() + longestDeliveryMs),
    })),
  );
  const others = broadcasts.filter((other) => {
    const at = firstAt.get(other.phoneNumber);
    const isOther = other.batchId !== batchId || other.send !== send;
    return isOther && at !== undefined && mayBeOf({ firstAt: at }, other);
  });
  return new Set(others.map(({ phoneNumber }) => phoneNumber));
}
