import type { Context } from '../../context.js';
import { describeDoubt } from '../../domain/drafts/describe-doubt.js';
import { identityIn, type RecipientReading, readLines } from '../../domain/recipients/recipient.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { renderMessage } from '../../domain/templates/render-message.js';
import { labelOf } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import { suppressedAmong } from '../../store/suppressions.js';
import type { TestSent } from '../test-sends/test-send.js';
import { testSendStored } from '../test-sends/test-send-row.js';
import type { Preview } from '../views/preview.js';
import type { RowReading } from './survey-rows.js';

/** A row as its recipient will see it, or why nobody does. */
export type RowPreview = {
  /** Which row, from 1. */
  row: number;
  /** `null`: nobody would get it. */
  message: Preview | null;
  /** Why the row is not sent to; `null`: it is. */
  leftOut: string | null;
  /** What looks like a mistake in it. */
  doubts: string[];
};

/** A row as it stands in a list, and what it was read as. `number` is its place, from 1. */
export type ReadRow = { number: number; found: unknown; reading: RecipientReading };

/** Reads rows up to one of them. @param signal gives that up @throws {UsageError} when there are fewer */
export async function rowAt(
  ctx: Context,
  { template, columns, values }: RowReading,
  rows: AsyncIterable<unknown>,
  number: number,
  signal: AbortSignal | undefined,
): Promise<ReadRow> {
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`row is ${number}; rows are counted from 1.`);
  let at = 0;
  for await (const found of rows) {
    signal?.throwIfAborted();
    at += 1;
    if (at < number) continue;
    const reading = compileReaderFor(template, columns, ctx.config.defaultCountry, values)(found);
    return { number, found, reading };
  }
  throw new UsageError(`There is no row ${number}: the list has ${at} rows.`);
}

/** The row as its recipient would see it, or why they get nothing. */
export async function previewRow(
  ctx: Context,
  { template, columns }: RowReading,
  { number, reading }: ReadRow,
): Promise<RowPreview> {
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

/** Sends the row to oneself. @param phoneNumbers default: all of `SIARAN_TEST_NUMBERS` @throws {UsageError} */
export function testSendRow(
  ctx: Context,
  { template, values }: RowReading,
  { number, found, reading }: ReadRow,
  phoneNumbers: readonly string[] | undefined,
): Promise<TestSent> {
  return testSendStored(ctx, {
    ...{ template, place: number, row: found as Readonly<Record<string, unknown>>, phoneNumbers },
    identity: reading.ok ? identityIn(reading.line) : undefined,
    values,
  });
}
