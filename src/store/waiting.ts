import type { HeardStatus } from '../domain/statuses/callback.js';
import type { OptOutKind, OptOutOfUser } from '../domain/statuses/opt-outs.js';
import type { Sql } from './postgres/sql.js';

type WaitingRow = {
  messageId: string;
  status: string;
  at: Date | null;
  notes: string | null;
  code: number | null;
  optedOut: boolean;
  userId: string;
};

/** Takes the statuses out that wait for the numbers of these ids. */
export async function takeWaitingStatuses(
  tx: Sql,
  account: string,
  userIds: readonly string[],
): Promise<HeardStatus[]> {
  const rows = await tx.$queryRaw<WaitingRow[]>`
    DELETE FROM waiting_statuses WHERE account = ${account} AND user_id = ANY(${[...userIds]}::text[])
    RETURNING message_id AS "messageId", status, status_at AS at, notes, code, opted_out AS "optedOut", user_id AS "userId"`;
  return rows.map((row) => ({ ...row, status: row.status as HeardStatus['status'], phoneNumber: null }));
}

type WishRow = { userId: string; kind: string; reference: string; askedAt: Date };

/** Takes the wishes out that wait for the numbers of these ids. */
export async function takeWaitingWishes(tx: Sql, account: string, userIds: readonly string[]): Promise<OptOutOfUser[]> {
  const rows = await tx.$queryRaw<WishRow[]>`
    DELETE FROM waiting_wishes WHERE account = ${account} AND user_id = ANY(${[...userIds]}::text[])
    RETURNING user_id AS "userId", kind, reference, asked_at AS "askedAt"`;
  return rows.map((row) => ({ ...row, kind: row.kind as OptOutKind, phoneNumber: null }));
}

/** So many of each wait at most, and for so long: whose number isn't learnt by then is hardly ever heard of again. */
const mostWaiting = 100_000;
const longestWaitDays = 7;

/** Keeps statuses until the number of their id is known. Beyond the bound none is kept. */
export async function keepWaitingStatuses(tx: Sql, account: string, statuses: readonly HeardStatus[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO waiting_statuses (account, message_id, status, user_id, status_at, notes, code, opted_out)
    SELECT ${account}, told."messageId", told.status, told."userId", told.at, told.notes, told.code, told."optedOut"
    FROM jsonb_to_recordset(${JSON.stringify(statuses)}::jsonb)
      AS told("messageId" text, status text, "userId" text, at timestamptz, notes text, code int, "optedOut" boolean)
    WHERE (SELECT count(*) FROM waiting_statuses) < ${mostWaiting}
    ORDER BY told."messageId" COLLATE "C", told.status ON CONFLICT DO NOTHING`;
}

/** Keeps wishes likewise. Returns whether there was room for them. */
export async function keepWaitingWishes(tx: Sql, account: string, wishes: readonly OptOutOfUser[]): Promise<boolean> {
  const rows = await tx.$queryRaw<{ hasRoom: boolean }[]>`
    WITH room AS (SELECT count(*) < ${mostWaiting} AS has FROM waiting_wishes), kept AS (
      INSERT INTO waiting_wishes (account, user_id, kind, reference, asked_at)
      SELECT ${account}, told."userId", told.kind, told.reference, least(told."askedAt", clock_timestamp())
      FROM jsonb_to_recordset(${JSON.stringify(wishes)}::jsonb) AS told("userId" text, kind text, reference text, "askedAt" timestamptz)
      WHERE (SELECT has FROM room)
      ORDER BY told."userId" COLLATE "C", told.kind, told.reference COLLATE "C" ON CONFLICT DO NOTHING
    )
    SELECT has AS "hasRoom" FROM room`;
  return rows[0]?.hasRoom === true;
}

/** A user's id, and the one that they had before. Of neither the number is known. */
export type RenamedUser = { userId: string; formerUserId: string };

/** What waits for the number of an id that somebody doesn't have any more waits for that of their new one. In the order in which it is told. */
export async function renameWaiting(tx: Sql, account: string, renamed: readonly RenamedUser[]): Promise<void> {
  if (renamed.length === 0) return;
  const last = new Map<string, string>();
  for (const { userId, formerUserId } of renamed.toReversed()) last.set(formerUserId, last.get(userId) ?? userId);
  const [former, now] = [[...last.keys()], [...last.values()]];
  await tx.$executeRaw`
    UPDATE waiting_statuses w SET user_id = renamed.now
    FROM unnest(${former}::text[], ${now}::text[]) AS renamed(former, now)
    WHERE w.account = ${account} AND w.user_id = renamed.former`;
  await tx.$executeRaw`
    WITH taken AS (
      DELETE FROM waiting_wishes w USING unnest(${former}::text[], ${now}::text[]) AS renamed(former, now)
      WHERE w.account = ${account} AND w.user_id = renamed.former
      RETURNING renamed.now AS user_id, w.kind, w.reference, w.asked_at, w.came_at
    )
    INSERT INTO waiting_wishes (account, user_id, kind, reference, asked_at, came_at)
    SELECT ${account}, user_id, kind, reference, asked_at, came_at FROM taken
    ORDER BY user_id COLLATE "C", kind, reference COLLATE "C" ON CONFLICT DO NOTHING`;
}

/** What nobody told the number of. */
type Lapsed = { statuses: number; wishes: number };

/** Removes what has waited for too long. */
export async function dropLapsed(db: Sql): Promise<Lapsed> {
  const statuses = await db.$executeRaw`
    DELETE FROM waiting_statuses WHERE came_at < clock_timestamp() - ${longestWaitDays} * interval '1 day'`;
  const wishes = await db.$executeRaw`
    DELETE FROM waiting_wishes WHERE came_at < clock_timestamp() - ${longestWaitDays} * interval '1 day'`;
  return { statuses, wishes };
}
