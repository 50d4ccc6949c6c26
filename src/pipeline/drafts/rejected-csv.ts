import type { Context } from '../../context.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../../domain/numbers/phone-number.js';
import { UnreadableRow } from '../../domain/recipients/recipient.js';
import { writeSpreadsheetCsv } from '../../domain/runs/csv.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { forgottenAmong } from '../../store/forgotten.js';
import { requireReadable } from './draft-request.js';
import { openRows } from './open-rows.js';
import { requireDraft } from './view-draft.js';

type Rejected = { row: number; reason: string; values: string[]; identity: string | null };

const pageRows = 1_000;

/**
 * The rows of a draft that would be rejected, with why and what stands in them, as the text of a CSV file for people's spreadsheets. The
 * list is read again. @param signal gives that up @throws {NotFoundError | UsageError}
 */
export async function rejectedCsv(ctx: Context, id: string, signal?: AbortSignal): Promise<AsyncGenerator<string>> {
  const draft = await requireDraft(ctx, id);
  const readable = await requireReadable(ctx, draft);
  const opened = await openRows(ctx, draft, readable.fitting, signal);
  const { columns, template, values } = readable;
  const read = compileReaderFor(template, columns, ctx.config.defaultCountry, values);
  const readNumber = compilePhoneNumberReader(ctx.config.defaultCountry);
  const identityIn = (row: object): string | null => {
    const number = readNumber(textOf((row as Record<string, unknown>).phone_number));
    return number.ok ? identityOf(number.digits) : null;
  };
  async function* rejected(): AsyncGenerator<Rejected> {
    let row = 0;
    for await (const found of opened.rows) {
      signal?.throwIfAborted();
      row += 1;
      const reading = read(found);
      if (reading.ok) continue;
      const isRow = typeof found === 'object' && found !== null && !(found instanceof UnreadableRow);
      const given = isRow ? (found as Record<string, unknown>) : {};
      const { reason } = reading;
      yield { row, reason, values: columns.map((column) => textOf(given[column])), identity: identityIn(given) };
    }
  }
  return written(ctx, ['row', 'reason', ...columns], rejected(), () => opened.close());
}

async function* written(
  ctx: Context,
  heads: readonly string[],
  rows: AsyncIterable<Rejected>,
  close: () => Promise<void>,
): AsyncGenerator<string> {
  yield writeSpreadsheetCsv([heads]);
  let page: Rejected[] = [];
  try {
    for await (const row of rows) {
      page.push(row);
      if (page.length < pageRows) continue;
      yield await writtenPage(ctx, page);
      page = [];
    }
    if (page.length > 0) yield await writtenPage(ctx, page);
  } finally {
    await close();
  }
}

/** Of somebody who was forgotten nothing is told. */
async function writtenPage(ctx: Context, page: readonly Rejected[]): Promise<string> {
  const forgotten = await forgottenAmong(
    ctx.db,
    page.flatMap(({ identity }) => (identity === null ? [] : [identity])),
  );
  return writeSpreadsheetCsv(
    page.map(({ row, reason, values, identity }) =>
      identity !== null && forgotten.has(identity)
        ? [String(row), '(forgotten)', ...values.map(() => '')]
        : [String(row), reason, ...values],
    ),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
