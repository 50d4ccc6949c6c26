import type { Context } from '../../context.js';
import { describeDoubt } from '../../domain/drafts/describe-doubt.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../../domain/numbers/phone-number.js';
import { identityIn, type RecipientReading, UnreadableRow } from '../../domain/recipients/recipient.js';
import { writeSpreadsheetCsv } from '../../domain/runs/csv.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { UsageError } from '../../errors.js';
import { forgottenAmong } from '../../store/forgotten.js';
import { suppressedAmong } from '../../store/suppressions.js';
import { currentCheck, type KeptCheck } from './current-check.js';
import { requireReadable } from './draft-request.js';
import { openRows } from './open-rows.js';
import { requireDraft } from './view-draft.js';

/** Rows that get no message, or that get one and look like a mistake. */
export type OddRows = 'rejected' | 'doubtful';

/** One of them: its place from 1, why it is one, and what stands in its columns. */
type OddRow = { row: number; reason: string; values: string[] };

type FoundRow = OddRow & { identity: string | null };

/** Why a row is one of them; `undefined`: it isn't. */
type WhyOdd = (reading: RecipientReading) => string | undefined;

const pageRows = 1_000;

/**
 * The rows of a draft that would be rejected, or that look like a mistake, with why and what stands in them, as the text of a CSV file for
 * people's spreadsheets. The list is read again. @param signal gives that up
 * @throws {NotFoundError | UsageError} as `oddRows` does
 */
export async function oddRowsCsv(
  ctx: Context,
  id: string,
  which: OddRows,
  signal?: AbortSignal,
): Promise<AsyncGenerator<string>> {
  const { columns, pages } = await oddRows(ctx, id, which, signal);
  async function* written(): AsyncGenerator<string> {
    yield writeSpreadsheetCsv([['row', 'reason', ...columns]]);
    for await (const page of pages)
      yield writeSpreadsheetCsv(page.map(({ row, reason, values }) => [String(row), reason, ...values]));
  }
  return written();
}

/**
 * The same, a thousand rows at once. @throws {NotFoundError | UsageError} also when doubtful rows are asked for and the list isn't checked
 * as it is: which columns are meant to be empty is known after all rows only.
 */
export async function oddRows(
  ctx: Context,
  id: string,
  which: OddRows,
  signal?: AbortSignal,
): Promise<{ columns: readonly string[]; pages: AsyncGenerator<OddRow[]> }> {
  const draft = await requireDraft(ctx, id);
  const readable = await requireReadable(ctx, draft);
  const { columns, template, values } = readable;
  const why = which === 'rejected' ? whyRejected : whyDoubtful(currentCheck(draft, template));
  const opened = await openRows(ctx, draft, readable.fitting, signal);
  const read = compileReaderFor(template, columns, ctx.config.defaultCountry, values);
  const readNumber = compilePhoneNumberReader(ctx.config.defaultCountry);
  const identityOfRejected = (row: Record<string, unknown>): string | null => {
    const number = readNumber(textOf(row.phone_number));
    return number.ok ? identityOf(number.digits) : null;
  };
  async function* pages(): AsyncGenerator<OddRow[]> {
    let row = 0;
    let page: FoundRow[] = [];
    try {
      for await (const found of opened.rows) {
        signal?.throwIfAborted();
        row += 1;
        const reading = read(found);
        const reason = why(reading);
        if (reason === undefined) continue;
        const isRow = typeof found === 'object' && found !== null && !(found instanceof UnreadableRow);
        const given = isRow ? (found as Record<string, unknown>) : {};
        const identity = reading.ok ? identityIn(reading.line) : identityOfRejected(given);
        page.push({ row, reason, values: columns.map((column) => textOf(given[column])), identity });
        if (page.length < pageRows) continue;
        yield await withoutHidden(ctx, which, page);
        page = [];
      }
      if (page.length > 0) yield await withoutHidden(ctx, which, page);
    } finally {
      await opened.close();
    }
  }
  return { columns, pages: pages() };
}

const whyRejected: WhyOdd = (reading) => (reading.ok ? undefined : reading.reason);

/** A column that is empty in every row was forgotten in none: only the check has seen that. @throws {UsageError} */
function whyDoubtful(check: KeptCheck | null): WhyOdd {
  if (!check) throw new UsageError('The list is not checked as it is now: check it first.');
  const told = new Set(check.doubtful.map(({ reason }) => reason));
  return (reading) => {
    const doubts = reading.ok ? (reading.doubts ?? []) : [];
    const reasons = doubts.flatMap((doubt) =>
      doubt.kind !== 'sometimes_empty' || told.has(describeDoubt(doubt)) ? [describeDoubt(doubt)] : [],
    );
    return reasons.length === 0 ? undefined : reasons.join('; ');
  };
}

/**
 * Of somebody who was forgotten nothing is told. A doubtful row of a suppressed number gets no message; whether its number was forgotten or
 * only suppressed is told of neither.
 */
async function withoutHidden(ctx: Context, which: OddRows, page: readonly FoundRow[]): Promise<OddRow[]> {
  const identities = page.flatMap(({ identity }) => (identity === null ? [] : [identity]));
  const among = which === 'rejected' ? forgottenAmong : suppressedAmong;
  const hidden = await among(ctx.db, identities);
  const instead = which === 'rejected' ? '(forgotten)' : '(suppressed)';
  return page.map(({ row, reason, values, identity }) =>
    identity !== null && hidden.has(identity)
      ? { row, reason: instead, values: values.map(() => '') }
      : { row, reason, values },
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
