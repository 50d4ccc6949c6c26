import type { Sql } from './database.js';

/** A row that was not taken; `position` counts from 1 within its source. */
export type RejectedRow = { source: string; position: number; digest: string; reason: string };

/** Keeps each rejection once, however often its row is enqueued. */
export async function insertRejections(db: Sql, runId: string, rejections: readonly RejectedRow[]): Promise<void> {
  for (let at = 0; at < rejections.length; at += 1_000) {
    const data = rejections.slice(at, at + 1_000).map((row) => ({ runId, ...row }));
    await db.rejection.createMany({ data, skipDuplicates: true });
  }
}

export async function rejectionsOf(
  db: Sql,
  runId: string,
  page: { after?: RejectedRow; limit: number },
): Promise<RejectedRow[]> {
  const rows = await db.rejection.findMany({
    where: { runId },
    orderBy: [{ source: 'asc' }, { position: 'asc' }, { digest: 'asc' }],
    take: page.limit,
    ...(page.after && {
      cursor: {
        runId_source_position_digest: {
          runId,
          source: page.after.source,
          position: page.after.position,
          digest: page.after.digest,
        },
      },
      skip: 1,
    }),
  });
  return rows.map(({ source, position, digest, reason }) => ({ source, position, digest, reason }));
}
