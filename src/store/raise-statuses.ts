import type { ToldStatus } from '../domain/statuses/callback.js';
import { Prisma } from '../generated/prisma/client.js';
import type { RawSql } from './postgres/direct.js';

/** Whether it changed anything. */
export type RaisedMessage = { messageId: string; phoneNumber: string | null; changed: boolean };

/** What is told of how far a message has come, or of its failure. */
export type Told = Pick<ToldStatus, 'messageId' | 'status' | 'at' | 'notes' | 'code'>;

/**
 * Notes how far messages have come, and which failed. Whatever the order in which it is told, and however often, the end is the
 * same: the furthest status stands, of equals the earliest; and beside it the earliest failure. Returns the messages that have a
 * log; the others change nothing.
 */
export function raiseStatuses(tx: RawSql, told: readonly Told[]): Promise<RaisedMessage[]> {
  return raise(tx, told, Prisma.empty);
}

/**
 * The same, without messages that have to be looked for first: those that have no log, are another account's, or were on their way earlier
 * than was known when their broadcast was inferred.
 */
export function raisePlaced(tx: RawSql, account: string, told: readonly Told[]): Promise<RaisedMessage[]> {
  const earliest = new Map<string, Date>();
  for (const { messageId, at } of told) {
    const known = earliest.get(messageId);
    if (at !== null && (known === undefined || at < known)) earliest.set(messageId, at);
  }
  return raise(
    tx,
    told.map((each) => ({ ...each, earliest: earliest.get(each.messageId) })),
    Prisma.sql`AND account = ${account} AND (told.earliest < first_at) IS NOT TRUE`,
  );
}

/** What is told of each message, in one row: `told_once`. */
export function toldOnce(told: readonly (Told & { earliest?: Date | undefined })[]): Prisma.Sql {
  const rows = told.map(({ messageId, status, at, notes, code, earliest }) => {
    return { messageId, status, at, notes, code, earliest };
  });
  return Prisma.sql`
    told AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS told("messageId" text, status text, at timestamptz(3), notes text, code int, earliest timestamptz(3))
    ), furthest AS (
      SELECT DISTINCT ON ("messageId") "messageId", status, at, earliest FROM told WHERE status <> 'failed'
      ORDER BY "messageId", delivery_rank(status) DESC, at NULLS LAST
    ), failure AS (
      SELECT DISTINCT ON ("messageId") "messageId", at AS failed_at, notes, code, true AS failed, earliest FROM told WHERE status = 'failed'
      ORDER BY "messageId", at NULLS LAST, notes COLLATE "C" NULLS LAST, code NULLS LAST
    ), told_once AS (
      SELECT "messageId", status, at, failed, failed_at, notes, code, coalesce(furthest.earliest, failure.earliest) AS earliest
      FROM furthest FULL JOIN failure USING ("messageId")
    )`;
}

async function raise(tx: RawSql, told: Parameters<typeof toldOnce>[0], which: Prisma.Sql): Promise<RaisedMessage[]> {
  return tx.$queryRaw<RaisedMessage[]>`
    WITH ${toldOnce(told)}, found AS MATERIALIZED (
      SELECT told.*, l.id FROM told_once AS told
      CROSS JOIN LATERAL (SELECT id FROM broadcast_logs WHERE message_id = told."messageId" LIMIT 1) AS l ORDER BY l.id
    ), known AS MATERIALIZED (
      SELECT l.phone_number, told.*,
             delivery_rank(told.status) > delivery_rank(l.status)
               OR (told.status = l.status AND coalesce(told.at, 'infinity') < coalesce(l.status_at, 'infinity')) AS goes_on,
             failed AND (NOT l.has_failed
               OR fails_before(told.failed_at, storable.notes, told.code, l.failed_at, l.notes, l.failed_code)) AS fails,
             storable.notes AS why
      -- Locked in the order of their ids. Meanwhile a log may have been given to another message.
      FROM found AS told CROSS JOIN LATERAL (
        SELECT * FROM broadcast_logs WHERE id = told.id AND message_id = told."messageId" ${which} FOR UPDATE
      ) AS l
      -- Of a purged run nothing is kept that may tell of a person.
      CROSS JOIN LATERAL (SELECT CASE WHEN l.phone_number IS NOT NULL THEN told.notes END AS notes) AS storable
    ), raised AS (
      UPDATE broadcast_logs l SET
             status = CASE WHEN goes_on THEN known.status ELSE l.status END,
             status_at = CASE WHEN goes_on THEN known.at ELSE l.status_at END,
             has_failed = l.has_failed OR fails IS TRUE,
             failed_at = CASE WHEN fails THEN known.failed_at ELSE l.failed_at END,
             failed_code = CASE WHEN fails THEN known.code ELSE l.failed_code END,
             -- What Qiscus noted of a status goes with it. Why it failed stays.
             notes = CASE WHEN fails THEN why WHEN l.has_failed THEN l.notes END
      -- For equal ids Postgres may read all logs in their order, and compare each with each that is known.
      FROM known WHERE l.id BETWEEN known.id AND known.id AND (goes_on OR fails)
    )
    SELECT "messageId", phone_number::text AS "phoneNumber", (goes_on OR fails) IS TRUE AS changed FROM known`;
}
