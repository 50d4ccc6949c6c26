import { stringify } from 'csv-stringify/sync';
import type { Separator } from '../domain/run.js';

/**
 * A broadcast file: header row, RFC 4180 quoting, UTF-8 without a byte order mark. Qiscus finds columns by their names.
 * @param recipients each number, and its other values as a JSON array text in the order of the columns.
 */
export function broadcastCsv(
  columns: readonly string[],
  separator: Separator,
  recipients: readonly { phoneNumber: string; values: string }[],
): Buffer {
  const numberAt = columns.indexOf('phone_number');
  const rows = recipients.map(({ phoneNumber, values }) => {
    const row = JSON.parse(values) as string[];
    row.splice(numberAt, 0, phoneNumber);
    return row;
  });
  return Buffer.from(stringify([columns, ...rows], { delimiter: separator, record_delimiter: '\r\n' }), 'utf8');
}
