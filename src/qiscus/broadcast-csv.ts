import { stringify } from 'csv-stringify/sync';
import type { RecipientValues } from '../domain/recipient.js';
import type { Separator } from '../domain/sending.js';

const lineEnd = '\r\n';

/**
 * A broadcast file: header row, RFC 4180 quoting, UTF-8 without a byte order mark. Qiscus finds columns by their names.
 * @param recipients each a number and the values of the other columns, in their order.
 */
export function broadcastCsv(
  columns: readonly string[],
  separator: Separator,
  recipients: readonly RecipientValues[],
): Buffer {
  const numberAt = columns.indexOf('phone_number');
  const rows = numberAt === 0 ? recipients : recipients.map((values) => withNumberAt(numberAt, values));
  return Buffer.from(needsQuotes(rows) ? quoted(columns, separator, rows) : plain(columns, separator, rows), 'utf8');
}

/** The library makes four objects of each value, a third of all that delivering costs: it is for files that need it. */
function quoted(columns: readonly string[], separator: Separator, rows: readonly RecipientValues[]): string {
  return stringify([columns, ...rows], { delimiter: separator, record_delimiter: lineEnd });
}

function plain(columns: readonly string[], separator: Separator, rows: readonly RecipientValues[]): string {
  let text = columns.join(separator) + lineEnd;
  for (const row of rows) text += row.join(separator) + lineEnd;
  return text;
}

function needsQuotes(rows: readonly RecipientValues[]): boolean {
  const special = /[",;\r\n]/;
  return rows.some((row) => row.some((value) => special.test(value)));
}

function withNumberAt(at: number, [phoneNumber = '', ...others]: RecipientValues): RecipientValues {
  return [...others.slice(0, at), phoneNumber, ...others.slice(at)];
}
