import type { Context } from '../../context.js';
import { asTheyStand } from '../../domain/columns/column-map.js';
import { UsageError } from '../../errors.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import { exampleRow } from '../lists/example-row.js';
import { previewRow, type ReadRow, type RowPreview, rowAt, testSendRow } from '../lists/look-at-row.js';
import type { TestSent } from '../test-sends/test-send.js';
import { currentCheck } from './current-check.js';
import { type Readable, requireReadable } from './draft-request.js';
import { openRows } from './open-rows.js';
import { requireDraft } from './view-draft.js';

/** Which row: its place, from 1, or one that the check has found. */
export type WhichRow = number | 'longest' | 'doubtful' | 'rejected';

/**
 * A row of a draft as its recipient would see it, or why they get nothing. The list is read up to that row. @param signal gives the reading up
 * @throws {NotFoundError} @throws {UsageError} when there is no such row, or something is lacking
 */
export async function previewDraft(
  ctx: Context,
  id: string,
  which: WhichRow,
  signal?: AbortSignal,
): Promise<RowPreview> {
  const { readable, row } = await readRow(ctx, id, which, signal);
  return previewRow(ctx, readable, row);
}

/** Sends a row of a draft to oneself. @param phoneNumbers default: all of `SIARAN_TEST_NUMBERS` @throws {UsageError} */
export async function testSendDraft(
  ctx: Context,
  id: string,
  which: WhichRow,
  phoneNumbers: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<TestSent> {
  const { readable, row } = await readRow(ctx, id, which, signal);
  return testSendRow(ctx, readable, row, phoneNumbers);
}

/** What stands in the columns of a draft's list, by head. `{}`: it can't be read, or nothing of it may be shown. */
export async function exampleOfDraft(
  ctx: Context,
  id: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const opened = await openRows(ctx, await requireDraft(ctx, id), asTheyStand, signal);
  try {
    return await exampleRow(ctx, opened.rows);
  } finally {
    await opened.close();
  }
}

/** The row that is asked for, as it stands in the list, and as it was read. */
async function readRow(
  ctx: Context,
  id: string,
  which: WhichRow,
  signal: AbortSignal | undefined,
): Promise<{ readable: Readable; row: ReadRow }> {
  const draft = await requireDraft(ctx, id);
  const readable = await requireReadable(ctx, draft);
  const number = typeof which === 'number' ? which : foundRow(draft, readable, which);
  const opened = await openRows(ctx, draft, readable.fitting, signal);
  try {
    return { readable, row: await rowAt(ctx, readable, opened.rows, number, signal) };
  } finally {
    await opened.close();
  }
}

function foundRow(draft: DraftRow, { template }: Readable, which: Exclude<WhichRow, number>): number {
  const check = currentCheck(draft, template);
  if (!check)
    throw new UsageError('The list has changed since it was checked, or was never checked: name a row by its number.');
  const row = which === 'longest' ? check.longestRow : check[which][0]?.rows[0];
  if (typeof row !== 'number') throw new UsageError(`There is no ${which} row.`);
  return row;
}
