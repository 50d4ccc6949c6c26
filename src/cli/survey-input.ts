import type { CountryCode } from '../domain/phone-number.js';
import { compileRecipientReader } from '../domain/recipient.js';
import { checkColumnsFor } from '../domain/sending.js';
import { type Survey, startSurvey, surveyRow } from '../domain/survey.js';
import { UsageError } from '../errors.js';
import { hashed, openRows, type RecipientInput } from './recipient-input.js';
import type { SendRequest } from './send-request.js';

/** What was read so far; those who show progress look at it. */
export type Reading = { bytes: number; rows: number };

export type SurveyedInput = { survey: Survey; columns: readonly string[]; hash: string };

/**
 * Reads a file to its end, so that what can't be read is found before anything is on its way, and what is odd is known. `hash` is
 * the SHA-256 of its content. @throws {UsageError | SiaranError} as `openRecipients` does, and for wrong columns.
 */
export async function surveyInput(
  input: RecipientInput,
  request: SendRequest,
  country: CountryCode | undefined,
  reading: Reading,
): Promise<SurveyedInput> {
  const content = hashed(input.read());
  const opened = await openRows(input, content, request);
  refuseColumns(input.name, opened.columns, request.delivery.delivery);
  const read = compileRecipientReader(opened.columns, country, request.values);
  const survey = startSurvey();
  for await (const row of opened.rows) {
    surveyRow(survey, read(row));
    reading.rows += 1;
    reading.bytes = opened.bytesRead();
  }
  return { survey, columns: opened.columns, hash: content.digest() };
}

/** @throws {UsageError} naming each column that is wrong. */
export function refuseColumns(
  name: string,
  columns: readonly string[],
  delivery: 'bulk' | 'individual' | undefined,
): void {
  const faults = checkColumnsFor(delivery, columns);
  if (faults.length > 0) throw new UsageError(`${name}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}
