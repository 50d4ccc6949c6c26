import { type AuditAction, keptAs } from '../domain/audit/audit-actions.js';
import { maskedDetail } from '../domain/audit/masked-detail.js';
import { digestOf } from '../domain/numbers/number-digest.js';
import { type Fragment, join, type Sql, sql } from './postgres/sql.js';

/** One change or look-up, and what came of it. */
export type AuditEntry = {
  /** Later entries have greater ones. */
  id: string;
  /** ISO 8601 in UTC. */
  at: string;
  /** Who did it. */
  actor: string;
  /** Whether that is a user, or a token of `SIARAN_ADMIN_TOKEN`; `null`: the command line, the library or a worker. */
  actorKind: ActorKind | null;
  /** What was done, as it was kept: a name, or the request that asked for it. */
  action: string;
  /** What it was done to: the id of a run or batch, the name of a campaign, or nothing. */
  target: string;
  /** What was decided, without numbers. */
  detail: unknown;
  /** As of an HTTP answer; `null`: it is under way, or this program ended before it was through. */
  status: number | null;
};

/** A user and a token of the configuration may have the same name. */
export type ActorKind = 'user' | 'token';

export type NewAuditEntry = {
  actor: string;
  actorKind?: ActorKind | undefined;
  action: string;
  target: string;
  /** What was decided: kept without undefined fields, and with the numbers in people's words masked. */
  detail: object;
  /** Digests of the phone numbers that it is about. */
  numbers?: readonly string[];
};

/** Which entries are asked for: those that fit all that is given. */
export type AuditFilter = {
  actor?: string | undefined;
  action?: AuditAction | undefined;
  /** A run's id, also for its batches; a batch's; or a campaign's name. */
  target?: string | undefined;
  /** The digest of a phone number. */
  number?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** An entry's id: only older ones. */
  before?: bigint | undefined;
};

/** Notes a change before it is made. */
export async function beginAudit(db: Sql, entry: NewAuditEntry): Promise<bigint> {
  const rows = await db.$queryRaw<{ id: bigint }[]>`${insertion(entry, null)} RETURNING id`;
  return (rows[0] as { id: bigint }).id;
}

/** Notes a change in the transaction that makes it, so that none is made which isn't noted. */
export async function addAudit(tx: Sql, entry: NewAuditEntry): Promise<void> {
  await tx.$executeRaw(insertion(entry, 200));
}

/** Masked here, so that no number gets in whoever writes the entry. */
function insertion({ detail, numbers = [], actorKind, ...entry }: NewAuditEntry, status: number | null): Fragment {
  const { actor, action, target } = entry;
  return sql`
    INSERT INTO audit_entries (actor, actor_kind, action, target, detail, status, numbers)
    VALUES (${actor}, ${actorKind ?? null}, ${action}, ${target}, ${JSON.stringify(maskedDetail(detail))}::jsonb, ${status}, ${[...numbers]}::bigint[])`;
}

/** By a function of the owner's, as programs have no right to change an entry. */
export async function endAudit(db: Sql, id: bigint, status: number): Promise<void> {
  const rows = await db.$queryRaw<{ isEnded: boolean }[]>`SELECT end_audit_entry(${id}, ${status}) AS "isEnded"`;
  if (rows[0]?.isEnded !== true) throw new Error(`the audit log has no entry ${id} without an outcome`);
}

/** Who has done this to a run, batch or campaign, or has tried to: as far as entries are kept. */
export async function actorsOf(db: Sql, action: AuditAction, target: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ actor: string }[]>`
    SELECT DISTINCT actor FROM audit_entries WHERE target = ${target} AND action = ANY(${keptAs(action)}::text[])`;
  return rows.map(({ actor }) => actor);
}

/** What fits, newest first. */
export async function auditEntries(db: Sql, limit: number, filter: AuditFilter = {}): Promise<AuditEntry[]> {
  const rows = await db.$queryRaw<(Omit<AuditEntry, 'id' | 'at'> & { id: bigint; at: Date })[]>`
    SELECT id, at, actor, actor_kind AS "actorKind", action, target, detail, status FROM audit_entries
    WHERE ${join([sql`true`, ...conditionsOf(filter)], ' AND ')} ORDER BY id DESC LIMIT ${limit}`;
  return rows.map(({ id, at, ...entry }) => ({ ...entry, id: String(id), at: at.toISOString() }));
}

function conditionsOf({ actor, action, target, number, since, until, before }: AuditFilter): Fragment[] {
  const conditions: (Fragment | false)[] = [
    actor !== undefined && sql`actor = ${actor}`,
    action !== undefined && sql`action = ANY(${keptAs(action)}::text[])`,
    target !== undefined && sql`(target = ${target} OR starts_with(target, ${target} || '-'))`,
    number !== undefined && sql`numbers @> ARRAY[${BigInt(number)}::bigint]`,
    since !== undefined && sql`at >= ${since}`,
    until !== undefined && sql`at < ${until}`,
    before !== undefined && sql`id < ${before}`,
  ];
  return conditions.filter((condition) => condition !== false);
}

/** What stands in the audit log for these numbers. @param identities digits, as `identityOf` gives them. */
export async function numberDigests(db: Sql, identities: readonly string[]): Promise<string[]> {
  if (identities.length === 0) return [];
  const rows = await db.$queryRaw<{ key: Uint8Array }[]>`SELECT digest_key AS key FROM installation`;
  const key = rows[0]?.key;
  if (!key) throw new Error('the table "installation" has no row: it was emptied since the migration');
  return identities.map((identity) => digestOf(key, identity));
}

/**
 * Removes entries of days that ended longer ago, 10,000 at a time, each time with an entry that tells so. Postgres lets none go that is younger
 * than 30 days.
 */
export async function removeOldAudit(db: Sql, olderThanMs: number): Promise<void> {
  for (let removed = 1; removed > 0; ) {
    const rows = await db.$queryRaw<{ removed: number }[]>`SELECT remove_old_audit_entries(${olderThanMs}) AS removed`;
    removed = rows[0]?.removed ?? 0;
  }
}
