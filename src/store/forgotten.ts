import { digestOf, isDigest } from '../domain/numbers/number-digest.js';
import { addAudit } from './audit-log.js';
import { arrayText } from './postgres/database.js';
import { columns, type Sql } from './postgres/sql.js';

/**
 * Which of these identities are of people who were forgotten, each with the digest that stands for it. In a transaction, nobody else is
 * forgotten before it ends.
 */
export async function forgottenAmong(db: Sql, identities: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.$queryRaw<{ key: Uint8Array | null }[]>`SELECT key_of_forgotten() AS key`;
  const key = rows[0]?.key;
  if (!key) return new Map();
  const byDigest = new Map(identities.map((identity) => [nameOf(key, identity), identity]));
  const found = await db.$queryRaw<{ digest: string }[]>`
    SELECT digest::text FROM forgotten WHERE digest = ANY(${arrayText([...byDigest.keys()])}::bigint[])`;
  return new Map(found.map(({ digest }) => [byDigest.get(digest) ?? digest, digest]));
}

/** A digest stands for itself. */
function nameOf(key: Uint8Array, identity: string): string {
  return isDigest(identity) ? identity : digestOf(key, identity);
}

/** That somebody was forgotten. Instants are ISO 8601 in UTC. */
export type Forgetting = {
  /** When it was asked for. */
  at: string;
  /** Who asked for it. */
  by: string;
  /** When all was done; `null`: it was begun, and the same call has to complete it. */
  finishedAt: string | null;
};

/** Whether, when and by whom the person of this identity was forgotten. */
export async function findForgetting(db: Sql, identity: string): Promise<Forgetting | null> {
  const digest = (await forgottenAmong(db, [identity])).get(identity);
  if (digest === undefined) return null;
  const rows = await db.$queryRaw<{ forgottenAt: Date; forgottenBy: string; finishedAt: Date | null }[]>`
    SELECT ${columns('forgotten_at forgotten_by finished_at')} FROM forgotten WHERE digest = ${BigInt(digest)}`;
  if (!rows[0]) return null;
  const { forgottenAt, forgottenBy, finishedAt } = rows[0];
  return { at: forgottenAt.toISOString(), by: forgottenBy, finishedAt: finishedAt?.toISOString() ?? null };
}

/**
 * Notes that somebody is forgotten: from the commit on nobody messages them, and nobody writes their number. Their entry of the suppression
 * list goes, as this stands for it. Returns the digest.
 */
export async function beginForgetting(tx: Sql, identity: string, by: string): Promise<string> {
  // Whoever writes numbers at the moment is waited for, so that what they write is there to be found.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(1667329125, 0)`;
  const rows = await tx.$queryRaw<{ key: Uint8Array }[]>`SELECT digest_key AS key FROM installation`;
  if (!rows[0]) throw new Error('the table "installation" has no row: it was emptied since the migration');
  const digest = digestOf(rows[0].key, identity);
  const added = await tx.$executeRaw`
    /* somebody is forgotten */ INSERT INTO forgotten (digest, forgotten_by) VALUES (${BigInt(digest)}, ${by}) ON CONFLICT DO NOTHING`;
  if (added === 1) await addAudit(tx, { actor: by, action: 'forget', target: '', detail: {}, numbers: [digest] });
  await tx.$executeRaw`DELETE FROM suppressions WHERE phone_number = ${BigInt(identity)}`;
  return digest;
}

/** In how many runs and messages somebody was. */
export type Forgotten = {
  /** Runs that the number was taken out of. */
  runs: number;
  /** Messages whose records were emptied. */
  messages: number;
};

/** Counts messages, and notes whether all is done. Returns what it came to, also in earlier calls. */
export async function countForgotten(
  tx: Sql,
  digest: string,
  { messages, isFinished }: { messages: number; isFinished: boolean },
): Promise<Forgotten> {
  const rows = await tx.$queryRaw<Forgotten[]>`
    /* what was forgotten is counted */ UPDATE forgotten SET messages = messages + ${messages},
           finished_at = CASE WHEN ${isFinished} THEN coalesce(finished_at, clock_timestamp()) ELSE finished_at END
    WHERE digest = ${BigInt(digest)} RETURNING runs, messages`;
  if (!rows[0]) throw new Error('somebody who is being forgotten stands in no record');
  return rows[0];
}
