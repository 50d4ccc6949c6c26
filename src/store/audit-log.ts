import type { Json, Sql } from './database.js';

/** One change that was asked for through the admin, and what came of it; or any change of a campaign. */
export type AuditEntry = {
  id: string;
  at: string;
  actor: string;
  action: string;
  target: string;
  detail: unknown;
  /** The HTTP status of its answer; `null`: it is under way, or this program ended before it was through. */
  status: number | null;
};

/** Notes a change before it is made. */
export async function beginAudit(
  db: Sql,
  entry: { actor: string; action: string; target: string; detail: Json },
): Promise<bigint> {
  const { id } = await db.auditEntry.create({ data: entry, select: { id: true } });
  return id;
}

/** Notes a change in the transaction that makes it, so that none is made which isn't noted. */
export async function addAudit(
  tx: Sql,
  entry: { actor: string; action: string; target: string; detail: Json },
): Promise<void> {
  await tx.auditEntry.create({ data: { ...entry, status: 200 } });
}

export async function endAudit(db: Sql, id: bigint, status: number): Promise<void> {
  await db.auditEntry.update({ where: { id }, data: { status } });
}

/** The latest changes, newest first. @param before an entry's id: those before it. */
export async function auditEntries(db: Sql, limit: number, before?: bigint): Promise<AuditEntry[]> {
  const rows = await db.auditEntry.findMany({
    where: before === undefined ? {} : { id: { lt: before } },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(({ id, at, ...entry }) => ({ ...entry, id: String(id), at: at.toISOString() }));
}
