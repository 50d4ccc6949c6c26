import type { Sql } from './postgres/sql.js';

/** What the spans of a run's steps belong to, if a process has traced it yet. */
export async function traceparentOf(db: Sql, id: string): Promise<string | undefined> {
  const rows = await db.$queryRaw<{ traceparent: string | null }[]>`SELECT traceparent FROM runs WHERE id = ${id}`;
  return rows[0]?.traceparent ?? undefined;
}

/** Keeps it, unless another process was quicker. Returns what is kept. */
export async function keepTraceparent(db: Sql, id: string, traceparent: string): Promise<string | undefined> {
  const rows = await db.$queryRaw<{ traceparent: string }[]>`
    UPDATE runs SET traceparent = coalesce(traceparent, ${traceparent}) WHERE id = ${id} RETURNING traceparent`;
  return rows[0]?.traceparent;
}
