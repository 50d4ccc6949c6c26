import type { Sql } from './database.js';

/** A recipient on its way: its number, and the other columns' values as a JSON array text. */
export type BufferedRecipient = { phoneNumber: string; values: string };

/**
 * Puts recipients into a batch, in their order; a number that the run already has is dropped.
 * Returns how many went in.
 */
export async function insertRecipients(
  tx: Sql,
  runId: string,
  batchNumber: number,
  firstPosition: number,
  recipients: readonly BufferedRecipient[],
): Promise<number> {
  const phoneNumbers = recipients.map((recipient) => recipient.phoneNumber);
  const values = recipients.map((recipient) => recipient.values);
  return tx.$executeRaw`
    INSERT INTO recipients (run_id, phone_number, batch_number, position, "values")
    SELECT ${runId}, phone_number, ${batchNumber}, ${firstPosition} + ordinality::int, vals
    FROM unnest(${phoneNumbers}::text[], ${values}::text[]) WITH ORDINALITY AS incoming(phone_number, vals, ordinality)
    ON CONFLICT (run_id, phone_number) DO NOTHING`;
}

export async function recipientsOfBatch(db: Sql, runId: string, batchNumber: number): Promise<BufferedRecipient[]> {
  return db.$queryRaw<BufferedRecipient[]>`
    SELECT phone_number AS "phoneNumber", "values" FROM recipients
    WHERE run_id = ${runId} AND batch_number = ${batchNumber} ORDER BY position`;
}
