import type { UserPair } from '../domain/statuses/user-ids.js';
import { forgottenAmong } from './forgotten.js';
import { forgetUsers, forgottenUsersAmong } from './forgotten-users.js';
import type { Sql } from './postgres/sql.js';
import { type RenamedUser, renameWaiting } from './waiting.js';

/**
 * Of callbacks about the same user ids one waits here for the other: else a status would be kept for a number that is learnt at this
 * moment. Few locks, whatever their number, taken in one order. Take all ids at once, and before the messages.
 */
export async function lockUsers(tx: Sql, userIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(1667329126, place)
    FROM (SELECT DISTINCT hashtext(id) & 63 AS place FROM unnest(${[...userIds]}::text[]) AS id ORDER BY place) AS places`;
}

/**
 * Remembers which number each id stands for; what is told last counts. In one order, so that two of these can't wait for each other. Of
 * people who were forgotten only digests of their ids are written. Returns the ids whose number is known now.
 */
export async function learnUserPairs(tx: Sql, account: string, given: readonly UserPair[]): Promise<string[]> {
  const asked = given.flatMap(({ userId, phoneNumber, formerUserId }) =>
    phoneNumber === null && formerUserId !== null ? [userId, formerUserId] : [],
  );
  const numbers = new Map(asked.length > 0 ? await numbersOfUsers(tx, account, asked) : []);
  const learnt = new Map<string, string>();
  const unknown: RenamedUser[] = [];
  for (const { userId, phoneNumber, formerUserId } of given) {
    // Of two ids of somebody the number of one may be known, be it that it was told just now.
    const number = phoneNumber ?? numbers.get(formerUserId ?? '') ?? numbers.get(userId);
    if (number === undefined) {
      if (formerUserId !== null) unknown.push({ userId, formerUserId });
      continue;
    }
    const ids = formerUserId === null || numbers.has(formerUserId) ? [userId] : [userId, formerUserId];
    for (const id of ids) {
      numbers.set(id, number);
      learnt.set(id, number);
    }
  }
  await renameWaiting(tx, account, unknown);
  const forgotten = await forgottenAmong(tx, [...learnt.values()]);
  await forgetUsers(tx, [
    ...[...learnt].flatMap(([userId, phoneNumber]) => (forgotten.has(phoneNumber) ? [userId] : [])),
    ...(await renamedAmong(tx, unknown)),
  ]);
  const pairs = [...learnt].flatMap(([userId, phoneNumber]) =>
    forgotten.has(phoneNumber) ? [] : [{ userId, phoneNumber }],
  );
  if (pairs.length === 0) return [];
  await tx.$executeRaw`
    INSERT INTO user_ids (account, user_id, phone_number)
    SELECT ${account}, told."userId", told."phoneNumber"
    FROM jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) AS told("userId" text, "phoneNumber" bigint)
    ORDER BY told."userId" COLLATE "C"
    ON CONFLICT (account, user_id) DO UPDATE SET phone_number = excluded.phone_number, learnt_at = clock_timestamp()
    WHERE user_ids.phone_number <> excluded.phone_number`;
  return pairs.map(({ userId }) => userId);
}

/** Ids that people have now who were forgotten by the id before. */
async function renamedAmong(tx: Sql, ids: readonly RenamedUser[]): Promise<string[]> {
  const forgotten = await forgottenUsersAmong(
    tx,
    ids.map(({ formerUserId }) => formerUserId),
  );
  return ids.flatMap(({ userId, formerUserId }) => (forgotten.has(formerUserId) ? [userId] : []));
}

/** Id → number, of those that are known. */
export async function numbersOfUsers(
  db: Sql,
  account: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.$queryRaw<{ userId: string; phoneNumber: string }[]>`
    SELECT user_id AS "userId", phone_number::text AS "phoneNumber" FROM user_ids
    WHERE account = ${account} AND user_id = ANY(${[...userIds]}::text[])`;
  return new Map(rows.map(({ userId, phoneNumber }) => [userId, phoneNumber]));
}

/** The number that an id stands for, by whichever account it was learnt; if they differ, the latest. */
export async function findNumberOfUser(db: Sql, userId: string): Promise<string | undefined> {
  const [row] = await db.$queryRaw<{ phoneNumber: string }[]>`
    SELECT phone_number::text AS "phoneNumber" FROM user_ids WHERE user_id = ${userId} ORDER BY learnt_at DESC LIMIT 1`;
  return row?.phoneNumber;
}

/** The ids that stand for a number, by whichever account they were learnt. */
export async function usersOfNumber(db: Sql, identity: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT user_id AS "userId" FROM user_ids WHERE phone_number = ${BigInt(identity)}`;
  return rows.map(({ userId }) => userId);
}
