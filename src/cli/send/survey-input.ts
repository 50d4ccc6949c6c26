import type { Context } from '../../context.js';
import { surveyRow } from '../../domain/recipients/survey.js';
import { checkColumnsFor } from '../../domain/runs/sending.js';
import { templateColumnFaults } from '../../domain/templates/check-columns.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { UsageError } from '../../errors.js';
import { type Counting, countRows, startCounting } from '../../pipeline/campaigns/forecast.js';
import { hashed, openRows, type RecipientInput } from './recipient-input.js';
import type { SendRequest } from './send-request.js';

/** What was read so far; those who show progress look at it. */
type Reading = { bytes: number; rows: number };

export type SurveyedInput = { survey: Counting; columns: readonly string[]; hash: string };

/**
 * Reads a file to its end, so that what can't be read is found before anything is on its way, and what is odd is known. `hash` is
 * the SHA-256 of its content. @param isThorough also duplicates, suppressed recipients and countries are counted. @throws {UsageError | SiaranError} as `openRecipients` does, and for wrong columns.
 */
export async function surveyInput(
  input: RecipientInput,
  request: SendRequest,
  { ctx, isThorough }: { ctx: Context; isThorough: boolean },
  reading: Reading,
): Promise<SurveyedInput> {
  const content = hashed(input.read());
  const opened = await openRows(input, content, request);
  refuseColumns(input.name, opened.columns, request);
  const { columns } = opened;
  const survey = startCounting();
  const rows = onEachRow(opened.rows, () => {
    reading.rows += 1;
    reading.bytes = opened.bytesRead();
  });
  const { values = 'reject', template } = request;
  if (isThorough) await countRows(ctx, { columns, values, template }, rows, survey);
  else {
    const read = compileReaderFor(template, columns, ctx.config.defaultCountry, values);
    for await (const row of rows) surveyRow(survey, read(row));
  }
  return { survey, columns, hash: content.digest() };
}

/** The rows as they are; tells of each that it was asked for. */
export async function* onEachRow(rows: AsyncIterable<unknown>, onRow: () => void): AsyncGenerator<unknown> {
  for await (const row of rows) {
    onRow();
    yield row;
  }
}

/** @throws {UsageError} naming each column that is wrong. */
export function refuseColumns(
  name: string,
  columns: readonly string[],
  { template, delivery: { delivery } }: Pick<SendRequest, 'template' | 'delivery'>,
): void {
  const ofKind = checkColumnsFor(delivery, columns);
  // A column that is none at all fits no template either.
  const faults = ofKind.length > 0 || !template ? ofKind : templateColumnFaults(template, columns, delivery);
  if (faults.length > 0) throw new UsageError(`${name}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}
