import { type RecipientValues, readLines } from '../domain/recipients/recipient.js';
import { arrayText, int8Array } from './postgres/database.js';
import { codesOf, constraintOf } from './postgres/error-codes.js';
import { join, type Sql, sql } from './postgres/sql.js';

/** The batch number of recipients who belong to the run and are left out of it, as they are suppressed. */
export const noBatch = 0;

/** All numbers here are identities. Which of these the run has already. What isn't found can't come in meanwhile, under the run's content lock. */
export async function knownNumbers(
  tx: Sql,
  runNumber: number,
  phoneNumbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ phoneNumber: string }[]>`
    SELECT phone_number::text AS "phoneNumber" FROM recipients
    WHERE run_number = ${runNumber} AND phone_number = ANY(${int8Array(phoneNumbers)}::bigint[])`;
  return new Set(rows.map((row) => row.phoneNumber));
}

/** How many recipients the run has, and how many of these numbers are among them. */
export async function countMembers(
  db: Sql,
  runId: string,
  phoneNumbers: readonly string[],
): Promise<{ members: number; known: number }> {
  const rows = await db.$queryRaw<{ members: number; known: number }[]>`
    SELECT count(*)::int AS members, count(*) FILTER (WHERE phone_number = ANY(${arrayText(phoneNumbers)}::bigint[]))::int AS known
    FROM recipients WHERE run_number = (SELECT number FROM runs WHERE id = ${runId})`;
  return rows[0] ?? { members: 0, known: 0 };
}

/** Whether `insertRecipients` was refused because the run has one of the numbers already. */
export function isNumberTaken(error: unknown): boolean {
  return codesOf(error).has('23505') && constraintOf(error) === 'recipients_pkey';
}

/** Notes the batch that each number goes into; in the order of the index, whose pages are each looked up once then. Throws what `isNumberTaken` knows when the run has one of them already. */
export async function insertRecipients(
  tx: Sql,
  runNumber: number,
  batches: readonly { batchNumber: number; phoneNumbers: readonly string[] }[],
): Promise<void> {
  const numbers = batches.flatMap(({ phoneNumbers }) => phoneNumbers);
  const places = batches.flatMap(({ batchNumber, phoneNumbers }) =>
    Array<number>(phoneNumbers.length).fill(batchNumber),
  );
  await tx.$executeRaw`
    /* recipients are inserted */ INSERT INTO recipients (run_number, batch_number, phone_number)
    SELECT ${runNumber}, batch_number, phone_number
    FROM unnest(${arrayText(places)}::int[], ${int8Array(numbers)}::bigint[]) AS placed(batch_number, phone_number)
    ORDER BY phone_number`;
}

/** Notes that these numbers of a batch go into another one. Returns how many were found. */
export async function moveRecipients(
  tx: Sql,
  runNumber: number,
  from: { batchNumber: number; phoneNumbers: readonly string[] },
  batchNumber: number,
): Promise<number> {
  return tx.$executeRaw`
    /* recipients change their batch */ UPDATE recipients SET batch_number = ${batchNumber}
    WHERE run_number = ${runNumber} AND batch_number = ${from.batchNumber} AND phone_number = ANY(${arrayText(from.phoneNumbers)}::bigint[])`;
}

/** Rows of one batch that follow each other, each text one or several of them; the first is its row number `firstPosition`. */
type RowsOfBatch = { batchId: string; firstPosition: number; lines: readonly string[] };

export async function insertRows(tx: Sql, parts: readonly RowsOfBatch[]): Promise<void> {
  const rows = parts.map((part) => sql`(${part.batchId}, ${part.firstPosition}::int, ${part.lines.join('\n')})`);
  await tx.$executeRaw`/* rows of batches are inserted */ INSERT INTO batch_rows (batch_id, first_position, lines) VALUES ${join(rows)}`;
}

/** Puts these in the place of all rows that the batch has. */
export async function replaceRows(tx: Sql, batchId: string, lines: readonly string[]): Promise<void> {
  await tx.$executeRaw`DELETE FROM batch_rows WHERE batch_id = ${batchId}`;
  if (lines.length > 0) await insertRows(tx, [{ batchId, firstPosition: 1, lines }]);
}

/** The recipients of several batches, by the batch's id. */
export async function recipientsOfBatches(
  db: Sql,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, readonly RecipientValues[]>> {
  const parts = await db.$queryRaw<RowsText[]>`
    SELECT batch_id AS "batchId", lines FROM batch_rows WHERE batch_id = ANY(${[...batchIds]}::text[])
    ORDER BY batch_id, first_position`;
  const recipients = new Map<string, RecipientValues[]>();
  for (const { batchId, lines } of parts)
    recipients.set(batchId, (recipients.get(batchId) ?? []).concat(readLines(lines)));
  return recipients;
}

type RowsText = { batchId: string; lines: string };

/** The next numbers of a run that are in no batch, as they stood on the suppression list, in their order. */
export async function suppressedRecipients(db: Sql, runId: string, after: string, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ phoneNumber: string }[]>`
    SELECT phone_number::text AS "phoneNumber" FROM recipients
    WHERE run_number = (SELECT number FROM runs WHERE id = ${runId}) AND batch_number = 0 AND phone_number > ${after}::bigint
    ORDER BY phone_number LIMIT ${limit}`;
  return rows.map((row) => row.phoneNumber);
}

/** A batch's rows in their order, a text for each time that it was added to. */
export async function linesOfBatch(db: Sql, batchId: string): Promise<string[]> {
  const parts = await db.$queryRaw<{ lines: string }[]>`
    SELECT lines FROM batch_rows WHERE batch_id = ${batchId} ORDER BY first_position`;
  return parts.map(({ lines }) => lines);
}
