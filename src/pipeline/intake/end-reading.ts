import { tooManyRejected } from '../../domain/recipients/max-rejected.js';
import { holdOnceRead, type RunHold } from '../../domain/runs/run.js';
import type { Sql } from '../../store/postgres/sql.js';
import { countRows } from '../../store/rejections.js';
import { type RunRow, releasePreparedRun, sealRun } from '../../store/runs.js';

/** Why nothing of a run is sent whose rows are all in: too many of them were rejected. Call it under the run's state lock. */
export async function whyGivenUp(tx: Sql, run: RunRow): Promise<string | undefined> {
  return run.maxRejected === null ? undefined : tooManyRejected(run.maxRejected, await countRows(tx, run.id));
}

/**
 * Seals a run of which nothing went out before all its rows were in, and lets it go. Call it under the run's state lock.
 * @param hold what holds it from now on, before anything else does
 */
export async function letGo(tx: Sql, run: RunRow, hold?: RunHold): Promise<void> {
  await releasePreparedRun(tx, run.id, hold ?? holdOnceRead(run.delivery));
  await sealRun(tx, run.id);
}
