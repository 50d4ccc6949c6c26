import type { Context } from '../context.js';
import { NotFoundError, RunStateError } from '../errors.js';
import { findRun, type RunRow } from '../store/runs.js';

/** @throws {NotFoundError} */
export async function requireRun(ctx: Context, id: string): Promise<RunRow> {
  const run = await findRun(ctx.db, id);
  if (!run) throw new NotFoundError('run', id);
  return run;
}

/** The error of a call that needs what `purge` has removed. @param consequence such as `takes no more recipients`. */
export function purgedError(runId: string, purgedAt: Date, consequence: string): RunStateError {
  const message = `The numbers and values of run ${runId} were removed on ${purgedAt.toISOString()}; it ${consequence}.`;
  return new RunStateError('RUN_PURGED', runId, message);
}
