import { stringify } from 'csv-stringify/sync';
import type { RecipientLine } from '../domain/recipient.js';
import type { Separator } from '../domain/run.js';

/**
 * A broadcast file: header row, RFC 4180 quoting, UTF-8 without a byte order mark. Qiscus finds columns by their names.
 * @param lines each the JSON array of a number and the values of the other columns, in their order.
 */
export function broadcastCsv(
  columns: readonly string[],
  separator: Separator,
  lines: readonly RecipientLine[],
): Buffer {
  const rows = JSON.parse(`[${lines.join(',')}]`) as string[][];
  const numberAt = columns.indexOf('phone_number');
  if (numberAt > 0) for (const row of rows) row.splice(numberAt, 0, row.shift() ?? '');
  return Buffer.from(stringify([columns, ...rows], { delimiter: separator, record_delimiter: '\r\n' }), 'utf8');
}
