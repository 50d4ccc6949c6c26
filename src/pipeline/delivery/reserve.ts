import type { DeliveryContext } from '../../context.js';
import { isLimited } from '../../domain/delivery/delivery.js';
import { decideStart, wantedStart } from '../../domain/timing/batch-start.js';
import type { TakenSlots } from '../../domain/timing/start-slot.js';
import { type Attempt, intendSend } from '../../store/attempts.js';
import { type Claim, recordFailure, releaseClaim } from '../../store/claims.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunContent, waitWithHandingOver } from '../../store/runs.js';
import { lockPortfolio, takenSlots } from '../../store/taken-slots.js';

/**
 * Decides when a batch starts and commits the intent to send it, in one transaction. The intent is what takes the slot, so a batch
 * that isn't sent after all takes none. Returns `undefined` if the batch isn't sent now.
 */
export async function reserveSend(ctx: DeliveryContext, claim: Claim): Promise<Attempt | undefined> {
  const { delivery } = claim;
  // Of an individual run no intent is committed between a hold and its commit: both take the run's lock.
  const takesSlots = isLimited(delivery) || claim.individual;
  if (!takesSlots && delivery.handOverAheadMs === null)
    return settleStart(ctx, ctx.db, claim, { run: [], portfolio: [] }, claim.now());
  return ctx.db.$transaction(async (tx) => {
    // The run's lock first, then the portfolio's, as everywhere: batches of one run take their slots one after the other.
    await lockRunContent(tx, claim.runId);
    if (delivery.dailyLimit !== null) await lockPortfolio(tx, claim.account);
    // Postgres's clock, since slots are taken by several machines; only now, as the locks may have been waited for.
    const now = await currentTime(tx);
    const taken = await takenSlots(tx, claim, wantedStart(claim.startAt, now));
    return settleStart(ctx, tx, claim, taken, now);
  });
}

async function settleStart(
  ctx: DeliveryContext,
  db: Sql,
  claim: Claim,
  taken: TakenSlots,
  now: Date,
): Promise<Attempt | undefined> {
  const decision = decideStart({ ...claim, recipients: claim.size }, taken, now);
  if (decision.kind === 'start') {
    const { startedAt, movedBy } = decision;
    const attempt = await intendSend(db, claim, {
      worker: ctx.worker,
      decidedAt: now,
      startedAt,
      movedBy,
      ttlMs: ctx.config.claimTtlMs,
    });
    if (!attempt) await releaseClaim(db, claim);
    return attempt;
  }
  if (decision.kind === 'too late') {
    ctx.logger.warn({ runId: claim.runId, batchId: claim.batchId, error: decision.reason }, 'not sent');
    await recordFailure(db, claim, decision.reason);
    return undefined;
  }
  await waitWithHandingOver(db, claim.runId, decision.until);
  await releaseClaim(db, claim);
  return undefined;
}
