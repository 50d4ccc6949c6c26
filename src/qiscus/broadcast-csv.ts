import type { RecipientValues } from '../domain/recipients/recipient.js';
import { encodeCsv, encodePlainLines } from '../domain/runs/csv.js';
import { largestFileBytes } from '../domain/runs/file-bytes.js';
import type { Separator } from '../domain/runs/sending.js';

/** `fault`: why the file must not leave the house. */
export type BroadcastCsv = { ok: true; csv: Buffer } | { ok: false; fault: string };

/**
 * Makes a broadcast file: header row, RFC 4180 quoting, UTF-8 without a byte order mark. Qiscus finds columns by their names.
 * The file has these recipients in it and nobody else, whatever reads it; where that isn't certain, there is no file.
 * @param recipients each a number and the values of the other columns, in their order.
 */
export function broadcastCsv(
  columns: readonly string[],
  separator: Separator,
  recipients: readonly RecipientValues[],
): BroadcastCsv {
  const odd = recipients.findIndex((values) => values.length !== columns.length || !isNumber(values[0]));
  if (odd !== -1)
    return { ok: false, fault: `row ${odd + 1} of its ledger isn't a phone number and a value for each column` };
  const numberAt = columns.indexOf('phone_number');
  const rows = [columns, ...(numberAt === 0 ? recipients : recipients.map((values) => withNumberAt(numberAt, values)))];
  const csv = encodeCsv(rows, separator);
  if (csv && csv.length > largestFileBytes) {
    const [has, most] = [csv.length, largestFileBytes].map((bytes) => bytes.toLocaleString('en'));
    return { ok: false, fault: `its file has ${has} bytes; one has at most ${most}` };
  }
  if (csv) return { ok: true, csv };
  return { ok: false, fault: "its file isn't read back as it was written: somebody else could be messaged" };
}

/** The same file of lines as they stand in the ledger, `count` of them; `undefined` where they have to be read one by one. */
export function plainBroadcastCsv(
  columns: readonly string[],
  separator: Separator,
  { lines, count }: { lines: string; count: number },
): Buffer | undefined {
  const csv = encodePlainLines(lines, count, columns, separator);
  return csv && csv.length <= largestFileBytes ? csv : undefined;
}

/** Digits and nothing else; how many there have to be was seen to when the row was taken. */
function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text);
}

function withNumberAt(at: number, [phoneNumber = '', ...others]: RecipientValues): RecipientValues {
  return [...others.slice(0, at), phoneNumber, ...others.slice(at)];
}
