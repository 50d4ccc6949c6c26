import type { Sql } from '../database.js';

/** When each of these runs was started. */
export async function runTimes(db: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const rows = await db.run.findMany({ where: { id: { in: [...ids] } }, select: { id: true, createdAt: true } });
  return new Map(rows.map(({ id, createdAt }) => [id, createdAt]));
}
