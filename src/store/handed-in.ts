import type { Sql } from './postgres/sql.js';

/**
 * Rows that were handed in within their caller's transaction: at most 1,000 of one run, as the text of a JSON array. In the place of
 * each row that was too large to be read stands `null`, and what is known of it in `unread`.
 */
export type HandedInBlock = { id: string; rows: string; unread: readonly UnreadRow[] };

/** A row that Postgres has taken out. `position`: within its block, from 1. `digest`: as that of any rejected row. */
export type UnreadRow = { position: number; digest: string; bytes: number };

/** `next`: the first block that is left. */
type TakenBlocks = { blocks: HandedInBlock[]; next: string | undefined };

/** The function takes no larger row. A program that writes to the table itself, or wrote before there was this limit, may have put one there. */
export const mostRowBytes = 1_000_000;

/** As many bytes of one block are read, and as many in a turn; a turn goes beyond it by less than one block. */
const mostBlockBytes = 8_000_000;
const mostTurnBytes = 20_000_000;

type Waiting = { id: string; rows: number; bytes: number };

/**
 * Takes a run's oldest blocks out, as many as hold at most `mostRows` rows. They are in what this transaction does with them, or still there. Ids commit out of order, so nothing is remembered of
 * them: a block is there or it is not. However large a block is, this process reads a bounded part of it. Call it under the run's content lock.
 */
export async function takeHandedIn(tx: Sql, runId: string, mostRows: number): Promise<TakenBlocks> {
  const waiting = await tx.$queryRaw<Waiting[]>`
    SELECT id::text, row_count AS rows, bytes FROM handed_in WHERE run_id = ${runId}
    ORDER BY handed_in.id LIMIT ${mostRows + 1}`;
  const ids = waiting.slice(0, countFitting(waiting, mostRows)).map(({ id }) => id);
  const next = waiting[ids.length]?.id;
  if (ids.length === 0) return { blocks: [], next };
  // Only a block that is larger than a row may be can have such a row in it.
  const blocks = await tx.$queryRaw<HandedInBlock[]>`
    /* handed-in rows are taken */ WITH taken AS (DELETE FROM handed_in WHERE run_id = ${runId} AND id = ANY(${ids}::bigint[]) RETURNING id, rows, bytes),
    of_large AS MATERIALIZED (
      SELECT id, position, element, convert_to(element::text, 'UTF8') AS text
      FROM taken, jsonb_array_elements(rows) WITH ORDINALITY AS elements(element, position) WHERE bytes > ${mostRowBytes}
    ), of_length AS (
      SELECT *, length(text) AS row_bytes FROM of_large
    ), measured AS (
      SELECT *, row_bytes <= ${mostRowBytes} AND
        sum(row_bytes) FILTER (WHERE row_bytes <= ${mostRowBytes}) OVER (PARTITION BY id ORDER BY position) <= ${mostBlockBytes} AS is_read
      FROM of_length
    )
    SELECT id::text, rows::text, '[]'::jsonb AS unread FROM taken WHERE bytes <= ${mostRowBytes}
    UNION ALL
    SELECT id::text, jsonb_agg(CASE WHEN is_read THEN element ELSE 'null' END ORDER BY position)::text,
           coalesce(jsonb_agg(jsonb_build_object('position', position, 'bytes', row_bytes,
             'digest', left(encode(sha256(text), 'hex'), 16)) ORDER BY position) FILTER (WHERE NOT is_read), '[]')
    FROM measured GROUP BY id`;
  return { blocks: blocks.sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1)), next };
}

function countFitting(waiting: readonly Waiting[], mostRows: number): number {
  let [rows, bytes, count] = [0, 0, 0];
  for (const block of waiting) {
    rows += block.rows;
    bytes += Math.min(block.bytes, mostBlockBytes);
    if (rows > mostRows || (bytes > mostTurnBytes && count > 0)) break;
    count += 1;
  }
  return count;
}

/** The rows of each block that waits, as text, cut at `mostBlockBytes` signs; one is held at a time. */
export async function* readHandedIn(db: Sql): AsyncGenerator<{ runId: string; rows: string }> {
  for (let [run, id] = ['', '0']; ; ) {
    const [block] = await db.$queryRaw<{ id: string; runId: string; rows: string }[]>`
      SELECT id::text, run_id AS "runId", left(rows::text, ${mostBlockBytes}) AS rows FROM handed_in
      WHERE (run_id, id) > (${run}, ${id}::bigint) ORDER BY run_id, handed_in.id LIMIT 1`;
    if (!block) return;
    yield block;
    [run, id] = [block.runId, block.id];
  }
}
