import { type Sql, sql } from './postgres/sql.js';

/** What a run is set to that is cancelled: nothing stops or holds it any more, the chunker looks at it once more, and so do those who would send it again. */
const isCancelled = sql`
  cancelled_at = coalesce(cancelled_at, clock_timestamp()), paused_at = NULL, held_kind = NULL, held_reason = NULL, held_at = NULL,
  unverified_reason = NULL, drained_at = NULL, retry_at = CASE WHEN retry_at IS NOT NULL THEN clock_timestamp() END`;

/**
 * Cancels the run and what of it wasn't handed over; what is being sent ends as it ends, and what is still buffered is
 * cancelled by the chunker. Call it under the run's state lock: claims wait for it, and then find nothing to take.
 * @param failure why the run is given up, if nobody asked for it.
 */
export async function cancelRun(tx: Sql, id: string, failure: string | null = null): Promise<void> {
  await tx.$executeRaw`
    UPDATE runs SET ${isCancelled}, failure = ${failure}
    WHERE id = ${id} AND cancelled_at IS NULL`;
  await cancelBatches(tx, id);
}

/**
 * Cancels a run that is fired anew, if nobody of it was messaged, as far as anybody can know; one that failed is given up for good.
 * Call it under the run's state lock. `false`: somebody was messaged, or may have been, or an operator has cancelled it; nothing is changed.
 */
export async function withdrawRun(tx: Sql, id: string): Promise<boolean> {
  const withdrawn = await tx.$executeRaw`
    /* a run is withdrawn */ UPDATE runs r SET ${isCancelled} WHERE id = ${id} AND may_be_fired_anew(r)`;
  if (withdrawn === 0) return false;
  await cancelBatches(tx, id);
  return true;
}

async function cancelBatches(tx: Sql, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE batches SET status = 'cancelled', closed_at = coalesce(closed_at, clock_timestamp()), claim_token = NULL, claim_expires_at = NULL
    WHERE run_id = ${id} AND waits(batches)`;
}
