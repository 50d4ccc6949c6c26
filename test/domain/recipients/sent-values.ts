import { compileRecipientReader, readLines } from '../../../src/domain/recipients/recipient.js';
import type { ValuePolicy } from '../../../src/domain/recipients/value.js';

export const columns = [
  'phone_number',
  'customer_name',
  'header_variable',
  'body_variable1',
  'body_variable2',
  'button1_variable1',
];
const good = {
  phone_number: '6281527975868',
  customer_name: 'Ani',
  header_variable: 'Tagihan',
  body_variable1: 'INV-1',
  body_variable2: 'Rp 1.500.000',
  button1_variable1: 'inv-1',
};

export function read(row: Record<string, unknown>, policy: ValuePolicy) {
  return compileRecipientReader(columns, 'ID', policy)({ ...good, ...row });
}

/** What is sent in the columns after the number; or why nothing is. */
export function sent(row: Record<string, unknown>, policy: ValuePolicy): Record<string, string | undefined> | string {
  const reading = read(row, policy);
  if (!reading.ok) return reading.reason;
  const values = readLines(reading.line)[0] ?? [];
  return Object.fromEntries(Object.keys(row).map((column) => [column, values[columns.indexOf(column)]]));
}
