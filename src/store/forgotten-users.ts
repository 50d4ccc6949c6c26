import { digestOf } from '../domain/numbers/number-digest.js';
import { arrayText } from './postgres/database.js';
import type { Sql } from './postgres/sql.js';

/**
 * Which of these user ids are of people who were forgotten. In a transaction, nobody else is forgotten before it ends. An id whose number
 * nobody has ever told is not known to be anybody's.
 */
export async function forgottenUsersAmong(tx: Sql, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const byDigest = await digestsOf(tx, userIds);
  if (byDigest.size === 0) return new Set();
  const rows = await tx.$queryRaw<{ digest: string }[]>`
    SELECT digest::text FROM forgotten_users WHERE digest = ANY(${arrayText([...byDigest.keys()])}::bigint[])`;
  return new Set(rows.map(({ digest }) => byDigest.get(digest) ?? digest));
}

/** Notes that user ids are of people who were forgotten, and removes what waits for their numbers. Call it under the lock of these ids. */
export async function forgetUsers(tx: Sql, userIds: readonly string[]): Promise<void> {
  const byDigest = await digestsOf(tx, userIds);
  if (byDigest.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO forgotten_users (digest) SELECT digest FROM unnest(${arrayText([...byDigest.keys()])}::bigint[]) AS digest
    ORDER BY digest ON CONFLICT DO NOTHING`;
  const ids = [...byDigest.values()];
  await tx.$executeRaw`DELETE FROM waiting_statuses WHERE user_id = ANY(${ids}::text[])`;
  await tx.$executeRaw`DELETE FROM waiting_wishes WHERE user_id = ANY(${ids}::text[])`;
}

/** None while nobody was forgotten. */
async function digestsOf(tx: Sql, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (userIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ key: Uint8Array | null }[]>`SELECT key_of_forgotten() AS key`;
  const key = rows[0]?.key;
  return new Map(key ? userIds.map((userId) => [digestOf(key, userId), userId]) : []);
}
