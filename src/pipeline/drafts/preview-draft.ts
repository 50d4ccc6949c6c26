import type { Context } from '../../context.js';
import { describeDoubt } from '../../domain/drafts/describe-doubt.js';
import { identityIn, readLines } from '../../domain/recipients/recipient.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { renderMessage } from '../../domain/templates/render-message.js';
import { labelOf } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import { suppressedAmong } from '../../store/suppressions.js';
import type { TestSent } from '../test-sends/test-send.js';
import { testSendStored } from '../test-sends/test-send-row.js';
import { currentCheck } from './current-check.js';
import type { DraftPreview } from './draft.js';
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
): Promise<DraftPreview> {
  const { number, reading, template, columns } = await readRow(ctx, id, which, signal);
  const nobody = { row: number, message: null, doubts: [] };
  if (!reading.ok) return { ...nobody, leftOut: `it is rejected: ${reading.reason}` };
  // Nothing is shown of somebody who was forgotten, and they can't be told from those who are on the list.
  if ((await suppressedAmong(ctx.db, [identityIn(reading.line)])).size > 0)
    return { ...nobody, leftOut: 'its number is suppressed' };
  const [line = []] = readLines(reading.line);
  const message = {
    phoneNumber: line[0] ?? '',
    template: labelOf(template),
    ...renderMessage(template, columns, line),
  };
  return { row: number, message, leftOut: null, doubts: (reading.doubts ?? []).map(describeDoubt) };
}

/** Sends a row of a draft to oneself. @param phoneNumbers default: all of `SIARAN_TEST_NUMBERS` @throws {UsageError} */
export async function testSendDraft(
  ctx: Context,
  id: string,
  which: WhichRow,
  phoneNumbers: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<TestSent> {
  const { number, found, reading, template, values } = await readRow(ctx, id, which, signal);
  return testSendStored(ctx, {
    ...{ template, place: number, row: found as Readonly<Record<string, unknown>>, phoneNumbers },
    identity: reading.ok ? identityIn(reading.line) : undefined,
    values,
  });
}

/** The row that is asked for, as it stands in the list, and as it was read. */
async function readRow(ctx: Context, id: string, which: WhichRow, signal: AbortSignal | undefined) {
  const row = await requireDraft(ctx, id);
  const readable = await requireReadable(ctx, row);
  const { template, columns, values } = readable;
  const number = typeof which === 'number' ? which : foundRow(row, readable, which);
  const found = await rowAt(ctx, row, readable, number, signal);
  const reading = compileReaderFor(template, columns, ctx.config.defaultCountry, values)(found);
  return { number, found, reading, template, columns, values };
}

function foundRow(draft: DraftRow, { template }: Readable, which: Exclude<WhichRow, number>): number {
  const check = currentCheck(draft, template);
  if (!check)
    throw new UsageError('The list has changed since it was checked, or was never checked: name a row by its number.');
  const row = which === 'longest' ? check.longestRow : check[which][0]?.rows[0];
  if (typeof row !== 'number') throw new UsageError(`There is no ${which} row.`);
  return row;
}

async function rowAt(
  ctx: Context,
  draft: DraftRow,
  { fitting }: Readable,
  row: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (!Number.isInteger(row) || row < 1) throw new UsageError(`row is ${row}; rows are counted from 1.`);
  const opened = await openRows(ctx, draft, fitting, signal);
  let at = 0;
  try {
    for await (const found of opened.rows) {
      signal?.throwIfAborted();
      at += 1;
      if (at === row) return found;
    }
  } finally {
    await opened.close();
  }
  throw new UsageError(`There is no row ${row}: the list has ${at} rows.`);
}
