import { invoices, type Row, spread } from '../rows.js';

/**
 * Hands rows over, part by part, and tells how long that took; not how long making them does. `part` counts from 0.
 * @param from the index of the first row.
 */
export async function timeParts(
  { recipients, from }: { recipients: number; from: number },
  handOver: (rows: Row[], part: number) => Promise<void>,
): Promise<{ ms: number }> {
  let ms = 0;
  for (const [at, part] of spread(recipients).entries()) {
    const rows = [...invoices(part.count, from + part.from)];
    const started = performance.now();
    await handOver(rows, at);
    ms += performance.now() - started;
  }
  return { ms };
}
