import type { BatchStatus } from '../../domain/runs/batch.js';
import type { HoldKind } from '../holds.js';
import { type Sql, sql } from '../postgres/sql.js';
import { type MessageCounts, messagesBesides } from './results.js';

/** What the ledger says of all its runs at one instant, for monitoring. */
export type LedgerFigures = {
  accounts: string[];
  /** Of runs that go on, or were made or had a start within a day: history isn't counted through again each time. */
  batches: { account: string; status: BatchStatus; batches: number; recipients: number }[];
  /** What became of the messages of the same runs. */
  messages: ({ account: string } & Omit<MessageCounts, 'unanswered'>)[];
  /** Why messages of the same runs failed; the code is 0 if none was told. */
  failures: { account: string; code: number; messages: number }[];
  /** Of all runs, however old. */
  unknown: { account: string; batches: number }[];
  holds: { account: string; kind: HoldKind }[];
  heldRuns: { kind: string; runs: number }[];
  /** How long the batch has waited that has waited longest, of those that nothing but their account may hold back. */
  oldestWaitSeconds: number;
  /** Runs that may have something in the buffer. */
  undrained: string[];
  /** Runs that were promised more rows than stand in the ledger: they are on their way, or lost. */
  short: string[];
  /** Statuses that wait until the number of their user id is known. */
  waitingStatuses: number;
  /** Likewise, of who wants to be left alone, or not any more. */
  waitingWishes: number;
};

/** Beyond so many runs, the newest stand for what is buffered and missing. */
const mostUndrained = 1_000;
const mostShort = 100;

/** One statement, whose work grows with what goes on and with a day's runs, not with the history. */
export async function readLedgerFigures(db: Sql): Promise<LedgerFigures> {
  const rows = await db.$queryRaw<{ figures: LedgerFigures }[]>`
    WITH shown AS MATERIALIZED (
      SELECT r.id, r.account, r.drained_at, r.created_at FROM (
        SELECT id FROM runs WHERE drained_at IS NULL
        UNION SELECT id FROM runs WHERE finished_at IS NULL AND drained_at IS NOT NULL AND (sealed_at IS NOT NULL OR cancelled_at IS NOT NULL)
        UNION SELECT id FROM runs WHERE created_at >= now() - interval '1 day'
        UNION SELECT b.run_id FROM accounts a JOIN batches b ON b.account = a.name WHERE is_handed_over(b) AND began_at(b) >= now() - interval '1 day'
      ) AS found CROSS JOIN LATERAL (SELECT * FROM runs WHERE id = found.id LIMIT 1) AS r
    ), undrained AS (
      SELECT id FROM runs WHERE drained_at IS NULL ORDER BY created_at DESC LIMIT ${mostUndrained}
    ), short AS (
      SELECT i.run_id AS id FROM intakes i JOIN shown ON shown.id = i.run_id
      WHERE i.rows > i.absorbed_rows
      GROUP BY i.run_id, shown.drained_at, shown.created_at
      ORDER BY shown.drained_at IS NULL, shown.created_at DESC LIMIT ${mostShort}
    ), by_run AS MATERIALIZED (
      SELECT shown.id AS run_id, b.account, b.status, b.batches, b.recipients, b.handed_over
      FROM shown CROSS JOIN LATERAL (
        SELECT account, status, count(*) AS batches, sum(size) AS recipients, sum(size) FILTER (WHERE is_handed_over(b)) AS handed_over
        FROM batches b WHERE b.run_id = shown.id GROUP BY account, status) AS b
    ), counted AS (
      SELECT account, status, sum(batches) AS batches, sum(recipients) AS recipients FROM by_run GROUP BY account, status
    ), handed AS (
      SELECT run_id, sum(handed_over) AS messages FROM by_run GROUP BY run_id
    ), besides AS (${messagesBesides(sql`b.run_id IN (SELECT id FROM shown)`)}
    ), told AS (
      SELECT run_id, sum(sent) AS sent, sum(delivered) AS delivered, sum(read) AS read, sum(failed) AS failed,
             sum(failed_after_delivered) AS failed_after_delivered, sum(inferred) AS inferred
      FROM run_results m JOIN shown ON shown.id = m.run_id GROUP BY run_id
    ), came AS (
      -- As of one run: what was told of is handed over, whatever the ledger knows of its batch.
      SELECT account, sum(greatest(coalesce(handed.messages, 0) + coalesce(besides.messages, 0), coalesce(sent + failed, 0))) AS "handedOver",
             coalesce(sum(sent), 0) AS sent, coalesce(sum(delivered), 0) AS delivered, coalesce(sum(read), 0) AS read,
             coalesce(sum(failed), 0) AS failed, coalesce(sum(failed_after_delivered), 0) AS "failedAfterDelivered", coalesce(sum(inferred), 0) AS inferred
      FROM shown LEFT JOIN handed ON handed.run_id = id LEFT JOIN besides ON besides.run_id = id LEFT JOIN told ON told.run_id = id
      GROUP BY account
    ), fell AS (
      SELECT account, code, sum(failed + failed_after_delivered) AS messages FROM run_failures f JOIN shown ON shown.id = f.run_id GROUP BY account, code
    ), unknown AS (
      SELECT account, count(*) AS batches FROM batches WHERE status = 'unknown' GROUP BY account
    ), held AS (
      SELECT held_kind AS kind, count(*) AS runs FROM runs WHERE held_kind IS NOT NULL AND finished_at IS NULL GROUP BY held_kind
      UNION ALL SELECT 'approval', count(*) FROM runs r WHERE approval_above IS NOT NULL AND finished_at IS NULL AND asks_for_approval(r) HAVING count(*) > 0
    ), going AS MATERIALIZED (
      SELECT * FROM waiting_runs WHERE hand_over_at IS NULL OR hand_over_at <= clock_timestamp()
    ), waiting AS (
      SELECT greatest(b.closed_at, going.hand_over_at) AS since
      FROM going JOIN batches b ON b.run_id = going.id AND b.number BETWEEN going.first AND going.last WHERE waits(b) AND b.closed_at IS NOT NULL
      UNION ALL SELECT greatest(b.closed_at, r.hand_over_at) FROM batches b JOIN runs r ON r.id = b.run_id WHERE b.status = 'sending'
    )
    SELECT json_build_object(
      'accounts', (SELECT coalesce(json_agg(name), '[]') FROM accounts),
      'batches', (SELECT coalesce(json_agg(counted), '[]') FROM counted),
      'messages', (SELECT coalesce(json_agg(came), '[]') FROM came),
      'failures', (SELECT coalesce(json_agg(fell), '[]') FROM fell),
      'unknown', (SELECT coalesce(json_agg(unknown), '[]') FROM unknown),
      'holds', (SELECT coalesce(json_agg(json_build_object('account', account, 'kind', kind)), '[]') FROM active_holds),
      'heldRuns', (SELECT coalesce(json_agg(held), '[]') FROM held),
      'oldestWaitSeconds', (SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(since)), 0)) FROM waiting),
      'undrained', (SELECT coalesce(json_agg(id), '[]') FROM undrained),
      'short', (SELECT coalesce(json_agg(id), '[]') FROM short),
      'waitingStatuses', (SELECT count(*) FROM waiting_statuses),
      'waitingWishes', (SELECT count(*) FROM waiting_wishes)
    ) AS figures`;
  const row = rows[0];
  if (!row) throw new Error('a SELECT without FROM gave no row');
  return row.figures;
}
