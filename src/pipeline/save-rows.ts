import { identitiesIn } from '../domain/recipients/recipient.js';
import { batchIdOf } from '../domain/runs/batch.js';
import type { Filling } from '../domain/runs/filling.js';
import type { Sql } from '../store/postgres/sql.js';
import { insertRecipients, insertRows, noBatch } from '../store/recipients.js';

/** Puts the rows that were added to batches, or left out of them, where they belong. */
export async function saveRows(
  tx: Sql,
  run: { id: string; number: number },
  { added, dropped }: Filling,
): Promise<void> {
  const placed = added.map(({ batchNumber, lines }) => ({ batchNumber, phoneNumbers: lines.flatMap(identitiesIn) }));
  const suppressed = { batchNumber: noBatch, phoneNumbers: dropped };
  if (added.length + dropped.length > 0) await insertRecipients(tx, run.number, [...placed, suppressed]);
  if (added.length === 0) return;
  await insertRows(
    tx,
    added.map(({ batchNumber, ...rows }) => ({ ...rows, batchId: batchIdOf(run.id, batchNumber) })),
  );
}
