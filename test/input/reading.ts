import { compileRecipientReader } from '../../src/domain/recipients/recipient.js';
import { openRecipients, type RecipientSource } from '../../src/input/read-recipients.js';

export type Options = Omit<RecipientSource, 'stream' | 'name'>;

export async function* chunks(content: string | Buffer, size: number): AsyncGenerator<Buffer, void> {
  const buffer = Buffer.from(content);
  for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size);
}

export async function collect(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
}

export function open(content: string | Buffer, options: Options = {}, size = 7) {
  return openRecipients({ stream: chunks(content, size), name: 'list', ...options });
}

export async function read(content: string | Buffer, options: Options = {}, size = 7) {
  const opened = await open(content, options, size);
  return { columns: opened.columns, rows: await collect(opened.rows), cutLine: opened.cutLine() };
}

/** Of each row its line, or the reason why it is rejected. */
export async function judge(content: string | Buffer, options: Options = {}): Promise<string[]> {
  const { columns, rows } = await read(content, options);
  const readRow = compileRecipientReader(columns, 'ID');
  return rows.map(readRow).map((reading) => (reading.ok ? reading.line : reading.reason));
}

export const ani = { phone_number: '6281527975868', customer_name: 'Ani' };
export const budi = { phone_number: '6281527975869', customer_name: 'Budi' };
