import type { Sql } from './database.js';

/** Rows that were handed in within their caller's transaction: at most 1,000 of one run, as the text of a JSON array. */
export type HandedInBlock = { id: string; rows: string };

/** `next`: the first block that is left. */
export type TakenBlocks = { blocks: HandedInBlock[]; next: string | undefined };

/** A turn holds about so many characters of them at a time, however large their rows are. */
const mostCharacters = 20_000_000;

type Waiting = { id: string; rows: number; characters: number };

/**
 * Takes a run's oldest blocks out, as many as hold at most `mostRows` rows. They are in what this transaction does with them, or still there. Ids commit out of order, so nothing is remembered of
 * them: a block is there or it is not. Call it under the run's content lock.
 */
export async function takeHandedIn(tx: Sql, runId: string, mostRows: number): Promise<TakenBlocks> {
  const waiting = await tx.$queryRaw<Waiting[]>`
    SELECT id::text, row_count AS rows, characters FROM handed_in WHERE run_id = ${runId}
    ORDER BY handed_in.id LIMIT ${mostRows + 1}`;
  const ids = waiting.slice(0, countFitting(waiting, mostRows)).map(({ id }) => id);
  const next = waiting[ids.length]?.id;
  if (ids.length === 0) return { blocks: [], next };
  const blocks = await tx.$queryRaw<HandedInBlock[]>`
    WITH taken AS (DELETE FROM handed_in WHERE run_id = ${runId} AND id = ANY(${ids}::bigint[]) RETURNING id, rows)
    SELECT id::text, rows::text FROM taken ORDER BY taken.id`;
  return { blocks, next };
}

/** Runs with blocks that wait, those that have waited longest first. It looks at the first block of each run, not at all of them. */
export async function runsWithHandedIn(db: Sql, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ runId: string }[]>`
    WITH RECURSIVE oldest AS (
      (SELECT run_id, id FROM handed_in ORDER BY run_id, id LIMIT 1)
      UNION ALL
      SELECT following.run_id, following.id FROM oldest, LATERAL (
        SELECT run_id, id FROM handed_in WHERE run_id > oldest.run_id ORDER BY run_id, id LIMIT 1) AS following
    )
    SELECT run_id AS "runId" FROM oldest ORDER BY id LIMIT ${limit}`;
  return rows.map(({ runId }) => runId);
}

function countFitting(waiting: readonly Waiting[], mostRows: number): number {
  let [rows, characters, count] = [0, 0, 0];
  for (const block of waiting) {
    rows += block.rows;
    characters += block.characters;
    if (rows > mostRows || (characters > mostCharacters && count > 0)) break;
    count += 1;
  }
  return count;
}
