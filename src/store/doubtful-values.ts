import type { CountedDoubt, DoubtKind } from '../domain/recipients/doubts.js';
import { groupByRun } from './by-run.js';
import type { Sql } from './postgres/sql.js';

/** `replace`: these are all of the source's, read anew from its beginning; `add`: they come on top of what it has. */
export async function saveDoubts(
  db: Sql,
  runId: string,
  source: string,
  doubts: readonly CountedDoubt[],
  how: 'replace' | 'add',
): Promise<void> {
  if (how === 'replace')
    await db.$executeRaw`DELETE FROM doubtful_values WHERE run_id = ${runId} AND source = ${source}`;
  for (const { column, kind, count, example } of doubts)
    await db.$executeRaw`
      INSERT INTO doubtful_values AS known (run_id, source, "column", kind, count, example)
      VALUES (${runId}, ${source}, ${column}, ${kind}, ${count}, ${example})
      ON CONFLICT (run_id, source, "column", kind) DO UPDATE SET count = known.count + excluded.count`;
}

/** Of all streams of each of these runs together; the most frequent come first. */
export async function doubtsOfRuns(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, CountedDoubt[]>> {
  const rows = await db.$queryRaw<(Omit<CountedDoubt, 'kind'> & { kind: string; runId: string })[]>`
    SELECT run_id AS "runId", "column", kind, sum(count)::int AS count, (array_agg(example ORDER BY count DESC))[1] AS example
    FROM doubtful_values WHERE run_id = ANY(${[...runIds]}::text[]) GROUP BY run_id, "column", kind ORDER BY count DESC, "column", kind`;
  return groupByRun(rows.map((row) => ({ ...row, kind: row.kind as DoubtKind })));
}

/** Takes what stood in the values out of them. */
export async function emptyDoubts(db: Sql, runId: string): Promise<void> {
  await db.$executeRaw`UPDATE doubtful_values SET example = '' WHERE run_id = ${runId} AND example <> ''`;
}
