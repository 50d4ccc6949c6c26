import { groupByRun } from '../by-run.js';
import { type Fragment, type Sql, sql } from '../postgres/sql.js';

/** What became of the messages of a run, or of several. */
export type MessageCounts = {
  /** Those that Qiscus has, as far as is known: `sent`, `failed` and `unanswered` together. */
  handedOver: number;
  /** Those that were sent, at least: some of them were delivered or read as well. */
  sent: number;
  /** Those that were delivered, at least. */
  delivered: number;
  /** Those that were read. */
  read: number;
  /** Those that failed before they were delivered; they count as nothing else. */
  failed: number;
  /** Those that failed after they had been delivered. */
  failedAfterDelivered: number;
  /** Those of which nothing was told yet. */
  unanswered: number;
  /** Those whose message is known by its number and time alone. */
  inferred: number;
};

type Row = Omit<MessageCounts, 'unanswered'> & { runId: string };

/**
 * Of runs, how many messages failed at once, or are told of by callbacks although their batch isn't handed over, or they have left it since.
 * @param wanted a condition of the batch `b`
 */
export function messagesBesides(wanted: Fragment): Fragment {
  return sql`
      SELECT b.run_id, count(*) AS messages
      FROM batches b JOIN runs r ON r.id = b.run_id JOIN broadcast_logs l ON l.batch_id = b.id
      CROSS JOIN LATERAL results_of(l.counts, l.inferred, l.status, l.has_failed) AS result
      WHERE ${wanted} AND b.attempts > 0 AND result.sent + result.failed > 0
        AND (NOT is_handed_over(b) OR (b.attempts > 1 AND b.suppressed > 0 AND r.purged_at IS NULL AND l.phone_number IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM recipients x WHERE x.run_number = r.number AND x.phone_number = l.phone_number AND x.batch_number = b.number)))
      GROUP BY b.run_id`;
}

/** Of each of these runs. A run without messages has zeros; one that isn't there is missing. */
export async function countsOfRuns(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, MessageCounts>> {
  const ids = [...runIds];
  const rows = await db.$queryRaw<Row[]>`
    WITH counted AS (
      SELECT run_id, sum(sent) AS sent, sum(delivered) AS delivered, sum(read) AS read, sum(failed) AS failed,
             sum(failed_after_delivered) AS failed_after_delivered, sum(inferred) AS inferred
      FROM run_results WHERE run_id = ANY(${ids}::text[]) GROUP BY run_id
    ), handed AS (
      SELECT run_id, sum(size) FILTER (WHERE is_handed_over(b)) AS size FROM batches b WHERE run_id = ANY(${ids}::text[]) GROUP BY run_id
    ), besides AS (${messagesBesides(sql`b.run_id = ANY(${ids}::text[])`)})
    SELECT r.id AS "runId", (coalesce(handed.size, 0) + coalesce(besides.messages, 0))::int AS "handedOver",
           coalesce(sent, 0)::int AS sent, coalesce(delivered, 0)::int AS delivered, coalesce(read, 0)::int AS read, coalesce(counted.failed, 0)::int AS failed,
           coalesce(failed_after_delivered, 0)::int AS "failedAfterDelivered", coalesce(inferred, 0)::int AS inferred
    FROM runs r LEFT JOIN counted ON counted.run_id = r.id LEFT JOIN handed ON handed.run_id = r.id LEFT JOIN besides ON besides.run_id = r.id
    WHERE r.id = ANY(${ids}::text[])`;
  return new Map(rows.map(({ runId, ...counts }) => [runId, withUnanswered(counts)]));
}

/** What was told of is handed over, whatever the ledger knows of its batch. */
function withUnanswered(counts: Omit<MessageCounts, 'unanswered'>): MessageCounts {
  const told = counts.sent + counts.failed;
  const handedOver = Math.max(counts.handedOver, told);
  return { ...counts, handedOver, unanswered: handedOver - told };
}

/** How many messages failed with a code, `null` if none was told: before they were delivered, and afterwards. */
export type CountedFailure = { code: number | null; failed: number; failedAfterDelivered: number };

/** Of each of these runs that has any. */
export async function failuresOfRuns(
  db: Sql,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly CountedFailure[]>> {
  const rows = await db.$queryRaw<(CountedFailure & { runId: string })[]>`
    SELECT run_id AS "runId", nullif(code, 0) AS code, sum(failed)::int AS failed, sum(failed_after_delivered)::int AS "failedAfterDelivered"
    FROM run_failures WHERE run_id = ANY(${[...runIds]}::text[])
    GROUP BY run_id, code HAVING sum(failed) <> 0 OR sum(failed_after_delivered) <> 0`;
  return groupByRun(rows);
}

/** What Siaran had been told by the end of an hour, since the first one. */
export type ToldByHour = Pick<MessageCounts, 'sent' | 'delivered' | 'read' | 'failed'>;

/** How the results of runs came in, an hour in which anything did a row; at most so many hours, the latest ones. */
export async function hoursOfRuns(
  db: Sql,
  runIds: readonly string[],
  limit: number,
): Promise<(ToldByHour & { hour: Date })[]> {
  const hours = await db.$queryRaw<(ToldByHour & { hour: Date })[]>`
    SELECT hour, sum(sum(sent)) OVER so_far::int AS sent, sum(sum(delivered)) OVER so_far::int AS delivered,
           sum(sum(read)) OVER so_far::int AS read, sum(sum(failed)) OVER so_far::int AS failed
    FROM run_results WHERE run_id = ANY(${[...runIds]}::text[]) GROUP BY hour WINDOW so_far AS (ORDER BY hour) ORDER BY hour DESC LIMIT ${limit}`;
  return hours.reverse();
}

/** Of a run that has no messages. */
export const noMessages: MessageCounts = {
  ...{ handedOver: 0, sent: 0, delivered: 0, read: 0, failed: 0, failedAfterDelivered: 0, unanswered: 0, inferred: 0 },
};
