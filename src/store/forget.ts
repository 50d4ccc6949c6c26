import { formsOf } from '../domain/numbers/number-identity.js';
import { identityIn, writeLine } from '../domain/recipients/recipient.js';
import type { BatchStatus } from '../domain/runs/batch.js';
import { forgetUsers } from './forgotten-users.js';
import { columns, type Sql } from './postgres/sql.js';
import { usersOfNumber } from './user-ids.js';
import { placesOf } from './views/recipient-runs.js';

/** Somebody who is being forgotten: the number as runs know it, and what takes its place. */
export type Person = { identity: string; digest: string };

/** Runs that have a number. */
export async function runsWithNumber(db: Sql, identity: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH placed AS MATERIALIZED (${placesOf(BigInt(identity))})
    SELECT r.id FROM placed JOIN runs r ON r.number = placed.run_number ORDER BY r.created_at, r.id`;
  return rows.map(({ id }) => id);
}

/** Where in a run somebody is. Without a batch they were left out of it. */
type Place = { runNumber: number; batchId: string | null; status: BatchStatus | null };

/** `undefined`: the run hasn't the number any more. Call it under the run's state lock. */
export async function findPlace(tx: Sql, runId: string, identity: string): Promise<Place | undefined> {
  const rows = await tx.$queryRaw<Place[]>`
    SELECT r.number AS "runNumber", b.id AS "batchId", b.status
    FROM runs r JOIN recipients x ON x.run_number = r.number AND x.phone_number = ${BigInt(identity)}
    LEFT JOIN batches b ON b.run_id = r.id AND b.number = x.batch_number
    WHERE r.id = ${runId}`;
  return rows[0];
}

/**
 * Puts the digest where somebody's number and row stand in a run. Both go on to count, so that the run messages them no second time. A
 * batch that waits leaves the row out when it is claimed next; whoever has it in hand, with the number, has lost its claim. Call it under the
 * run's state lock.
 */
export async function anonymiseInRun(tx: Sql, runId: string, place: Place, person: Person): Promise<void> {
  const { identity, digest } = person;
  const renamed = await tx.$executeRaw`
    /* a digest takes the place of a number */ UPDATE recipients SET phone_number = ${BigInt(digest)}
    WHERE run_number = ${place.runNumber} AND phone_number = ${BigInt(identity)}`;
  const replaced = place.batchId === null ? 0 : await replaceRow(tx, place.batchId, person);
  // Postgres may have lost the rows of a batch; else there is one.
  if (renamed !== 1 || replaced > 1)
    throw new Error(`run ${runId}: ${renamed} recipients and ${replaced} rows were found of one person`);
  if (place.batchId !== null)
    await tx.$executeRaw`
      UPDATE batches SET claim_token = NULL, claim_expires_at = NULL WHERE id = ${place.batchId} AND waits(batches)`;
  for (const form of formsOf(identity)) await replaceWords(tx, runId, form);
  await tx.$executeRaw`UPDATE forgotten SET runs = runs + 1 WHERE digest = ${BigInt(digest)}`;
}

/** What Qiscus said of a file may name a number of it; so may what an operator wrote. */
async function replaceWords(tx: Sql, runId: string, form: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE batches SET error = replace(error, ${form}, '(forgotten)') WHERE run_id = ${runId} AND strpos(error, ${form}) > 0`;
  await tx.$executeRaw`
    UPDATE attempts SET error = replace(error, ${form}, '(forgotten)'), reason = replace(reason, ${form}, '(forgotten)')
    WHERE batch_id IN (SELECT id FROM batches WHERE run_id = ${runId}) AND (strpos(error, ${form}) > 0 OR strpos(reason, ${form}) > 0)`;
}

/** Returns how many rows were found. */
async function replaceRow(tx: Sql, batchId: string, { identity, digest }: Person): Promise<number> {
  const parts = await tx.$queryRaw<{ firstPosition: number; lines: string }[]>`
    SELECT ${columns('first_position lines')} FROM batch_rows WHERE batch_id = ${batchId}`;
  let found = 0;
  for (const { firstPosition, lines: before } of parts) {
    const lines = before.split('\n');
    const own = lines.filter((line) => identityIn(line) === identity).length;
    if (own === 0) continue;
    found += own;
    const after = lines.map((line) => (identityIn(line) === identity ? writeLine([digest]) : line)).join('\n');
    await tx.$executeRaw`
      UPDATE batch_rows SET lines = ${after} WHERE batch_id = ${batchId} AND first_position = ${firstPosition}`;
  }
  return found;
}

/**
 * Empties what a number's logs tell of a person, at most so many of them. Ids and statuses of Qiscus stay, and that a message was
 * reported: WhatsApp's id of it has the number in it, and another one takes its place. Returns how many there were. Call it under the lock
 * of the number's messages.
 */
export async function anonymiseLogs(tx: Sql, { identity, digest }: Person, limit: number): Promise<number> {
  // In the order in which callbacks lock them.
  return tx.$executeRaw`
    /* logs of a number are emptied */ UPDATE broadcast_logs SET phone_number = ${BigInt(digest)}, notes = NULL, answer_notes = NULL,
           message_id = CASE WHEN message_id IS NOT NULL THEN 'forgotten-' || id END
    WHERE id IN (
      SELECT id FROM broadcast_logs WHERE phone_number = ${BigInt(identity)} ORDER BY id LIMIT ${limit} FOR UPDATE)`;
}

/**
 * Removes what callbacks told of a person besides: their user ids, of which digests stay, what waits for these, and their opt-outs. That they
 * are forgotten stands for all of it. Call it under the lock of the number's user ids and messages.
 */
export async function dropWhatCallbacksTold(tx: Sql, { identity }: Person): Promise<void> {
  await forgetUsers(tx, await usersOfNumber(tx, identity));
  await tx.$executeRaw`DELETE FROM user_ids WHERE phone_number = ${BigInt(identity)}`;
  await tx.$executeRaw`DELETE FROM opt_outs WHERE phone_number = ${BigInt(identity)}`;
}
