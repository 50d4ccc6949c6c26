import type { Context } from '../context.js';
import { type RejectedRow, rejectionsOf } from '../store/rejections.js';
import { requireRun } from './start-run.js';

/** A row that was not taken: where it stood, counted from 1 within its source, and why. */
export type RejectionView = { source: string; position: number; reason: string };

const pageSize = 1_000;

/** The rows of a run that were not taken, by source and position, a thousand at a time. @throws {NotFoundError} */
export async function* listRejections(ctx: Context, runId: string): AsyncGenerator<RejectionView[]> {
  await requireRun(ctx, runId);
  let after: RejectedRow | undefined;
  for (;;) {
    const rows = await rejectionsOf(ctx.db, runId, { limit: pageSize, ...(after && { after }) });
    yield rows.map(({ source, position, reason }) => ({ source, position, reason }));
    after = rows.at(-1);
    if (rows.length < pageSize) return;
  }
}
