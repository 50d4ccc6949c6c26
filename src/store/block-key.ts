import type { Sql } from './postgres/sql.js';

/** What blocks of recipients in Redis are signed with: one key a database, made by a migration, and kept nowhere else. */
export async function findBlockKey(db: Sql): Promise<Uint8Array> {
  const rows = await db.$queryRaw<{ key: Uint8Array }[]>`SELECT block_key AS key FROM installation`;
  if (rows[0] === undefined) throw new Error('the table "installation" has no row: it was emptied since the migration');
  return rows[0].key;
}
