import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { deleteDraft } from '../../store/drafts/drafts.js';
import { changedMeanwhile } from './change-draft.js';
import { requireDraft } from './view-draft.js';

/**
 * Throws a draft away, and its file with it; a run that it has become stays. @param seen the version that the caller looked at
 * @throws {NotFoundError | UsageError} @throws {ChangedMeanwhileError} when it isn't that version any more; with the draft as `current`.
 */
export async function discardDraft(
  ctx: Context,
  id: string,
  { version }: { version?: number | undefined } = {},
): Promise<void> {
  await requireDraft(ctx, id);
  if (await deleteDraft(ctx.db, id, version ?? null)) return;
  const row = await requireDraft(ctx, id);
  if (row.state !== 'preparing') throw await changedMeanwhile(ctx, id, row);
  throw new UsageError(
    `Draft ${id} is confirmed, and its rows are being read into run ${row.runId}: cancel that run instead.`,
  );
}
