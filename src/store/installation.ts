import { type Sql, sql } from './postgres/sql.js';

/** Which database this is. */
export type DatabaseIdentity = Readonly<{
  /** Made by the migrations. A database that was restored or copied has it too. */
  id: string;
  /** Tells a copy from what it was copied from, unless the whole server was copied: the server's own id, and the database's name. */
  place: string;
  /** For people. */
  name: string;
}>;

const identity = sql`
  id::text, server_identity() || '/' || current_database() AS place,
  concat('"', current_database(), '"', ' at ' || host(inet_server_addr()) || ':' || inet_server_port()) AS name`;

/** Which database these connections lead to now. */
export async function readIdentity(db: Sql): Promise<DatabaseIdentity> {
  const rows = await db.$queryRaw<DatabaseIdentity[]>`SELECT ${identity} FROM installation`;
  return only(rows);
}

/** What digests of phone numbers are made with, and keys of other purposes are derived from. */
export async function findDigestKey(db: Sql): Promise<Uint8Array> {
  return only(await db.$queryRaw<{ key: Uint8Array }[]>`SELECT digest_key AS key FROM installation`).key;
}

/** Makes it another database than that which it was copied from. What was signed with the old key in Redis isn't read any more. */
export async function renewIdentity(db: Sql): Promise<DatabaseIdentity> {
  const rows = await db.$queryRaw<DatabaseIdentity[]>`
    UPDATE installation SET id = gen_random_uuid(),
           block_key = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    RETURNING ${identity}`;
  return only(rows);
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('the table installation has lost its row');
  return row;
}
