import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { type CommonReason, commonestReasons, type RejectedRow, rejectionsOf } from '../../store/rejections.js';
import { requireRun } from '../require-run.js';

/** A row that was not taken. */
export type RejectionView = {
  /** The stream of recipients that it came with: a `source`, a file's name, or `transaction N`. */
  source: string;
  /** Where it stood there, counted from 1; a header line doesn't count. */
  position: number;
  /** Why, with numbers masked. */
  reason: string;
};

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

/** Why most rows of a run were rejected, the commonest reasons first. */
export function commonRejections(ctx: Context, runId: string, limit: number): Promise<CommonReason[]> {
  return commonestReasons(ctx.db, runId, limit);
}

/** A page of them. @param cursor what the page before gave as `next`. @throws {NotFoundError | UsageError} */
export async function rejectionsPage(
  ctx: Context,
  runId: string,
  limit: number,
  cursor?: string,
): Promise<{ items: RejectionView[]; next: string | null }> {
  await requireRun(ctx, runId);
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const rows = await rejectionsOf(ctx.db, runId, { limit: limit + 1, ...(after && { after }) });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ source, position, reason }) => ({ source, position, reason })),
    next: rows.length > limit && last ? Buffer.from(JSON.stringify(last)).toString('base64url') : null,
  };
}

function readCursor(cursor: string): RejectedRow {
  try {
    const { source, position, digest } = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as RejectedRow;
    if (
      typeof source === 'string' &&
      Number.isInteger(position) &&
      Math.abs(position) < 2 ** 31 &&
      typeof digest === 'string'
    )
      return { source, position, digest, reason: '' };
  } catch {
    // Said below.
  }
  throw new UsageError('cursor must be the `next` of the page before.');
}
