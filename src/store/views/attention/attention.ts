import { type Sql, sql } from '../../postgres/sql.js';
import { failingCampaigns } from '../firing-views.js';

/** Something of the ledger that waits for a person, with the people whom it concerns. */
export type Concern = {
  kind:
    | 'stopped'
    | 'account_held'
    | 'unknown'
    | 'refused'
    | 'held'
    | 'failing'
    | 'unread'
    | 'template'
    | 'draft_failed'
    | 'draft_unread';
  runId: string | null;
  /** The campaign's name; of a run, that of the campaign that started it. */
  campaign: string | null;
  account: string | null;
  /** The run's name. */
  name: string | null;
  recipients: number;
  /** Of a hold: which one it is. */
  hold: string | null;
  /** In words, if anything was noted. */
  reason: string | null;
  /** The only batch that it is about. */
  batchId: string | null;
  /** The draft that its run was confirmed with. */
  draftId: string | null;
};

/** More of one kind aren't told. */
const mostOfKind = 500;

/** An audience that is read for longer is large, or nobody is there who can read it. */
const longReadingMs = 300_000;

/** What Qiscus refused, and nobody has retried, is asked about for so many days. A resend takes none of it. */
const refusedDays = 7;

/** Who was promised to a run `r` and is in no batch of it yet. */
const uncutOf = sql`SELECT coalesce(sum(u.people), 0) AS recipients FROM uncut_people u WHERE u.run_id = r.id`;

/**
 * One statement, by indexes that hold only what is amiss: its work doesn't grow with the history. Each run that is held is asked for its
 * people by its id: joined, all runs that wait were compared with all that are held.
 */
export async function readConcerns(db: Sql): Promise<Concern[]> {
  return db.$queryRaw<Concern[]>`
    WITH waiting AS MATERIALIZED (
      SELECT run_id, account, sum(size) AS recipients FROM batches b WHERE waits(b) GROUP BY run_id, account
    ), trouble AS MATERIALIZED (
      SELECT run_id, account, 'unknown' AS kind, sum(size) AS recipients, min(id) AS first, count(*) AS batches
      FROM batches WHERE status = 'unknown' GROUP BY run_id, account
      UNION ALL
      SELECT b.run_id, b.account, 'refused', sum(b.size), min(b.id), count(*) FROM batches b JOIN runs r ON r.id = b.run_id
      WHERE b.status = 'failed' AND r.cancelled_at IS NULL AND r.purged_at IS NULL
        AND (r.finished_at IS NULL OR r.finished_at > clock_timestamp() - ${refusedDays} * interval '1 day')
      GROUP BY b.run_id, b.account
    ), of_batches AS (
      -- Single messages of an account are told of together.
      SELECT t.kind, CASE WHEN count(*) = 1 THEN min(t.run_id) END AS run_id, t.account, CASE WHEN count(*) = 1 THEN min(r.name) END AS name,
        sum(t.recipients) AS recipients, CASE WHEN sum(t.batches) = 1 THEN min(t.first) END AS batch_id, max(r.created_at) AS latest
      FROM trouble t JOIN runs r ON r.id = t.run_id
      GROUP BY t.kind, t.account, CASE WHEN NOT r.is_message THEN t.run_id END
    ), held AS (
      -- So are those of an account that one kind of hold keeps.
      SELECT CASE WHEN count(*) = 1 THEN min(r.id) END AS run_id, r.account, CASE WHEN count(*) = 1 THEN min(r.name) END AS name, r.held_kind,
        CASE WHEN min(r.held_reason) = max(r.held_reason) THEN min(r.held_reason) END AS held_reason,
        sum(waiting_in.recipients + uncut_of.recipients) AS recipients, max(r.held_at) AS held_at
      FROM runs r CROSS JOIN LATERAL (
        SELECT coalesce(sum(size), 0) AS recipients FROM batches b WHERE b.run_id = r.id AND waits(b)
      ) AS waiting_in CROSS JOIN LATERAL (${uncutOf}) AS uncut_of
      WHERE r.held_kind IS NOT NULL AND is_stopped(r) AND r.finished_at IS NULL
      GROUP BY r.held_kind, r.account, CASE WHEN NOT r.is_message THEN r.id END
      ORDER BY max(r.held_at) DESC LIMIT ${mostOfKind}
    ), unapproved AS (
      SELECT r.id, r.account, r.name, people_of(r.id) AS recipients, r.created_at FROM runs r
      WHERE r.approval_above IS NOT NULL AND r.finished_at IS NULL AND asks_for_approval(r)
      ORDER BY r.created_at DESC LIMIT ${mostOfKind}
    ), failing AS (
      SELECT name, account, reason, run_id, coalesce(people_of(run_id), 0) AS recipients FROM (${failingCampaigns}) AS f LIMIT ${mostOfKind}
    ), told AS (
      SELECT 1 AS rank, 'stopped' AS kind, NULL AS run_id, NULL AS campaign, nullif(s.account, '') AS account, NULL AS name,
        (SELECT sum(w.recipients) FROM waiting w WHERE s.account IN ('', w.account)) AS recipients, 'stopped' AS hold,
        'stopped by ' || s.stopped_by AS reason, NULL AS batch_id, s.stopped_at AS at
      FROM stops s
      UNION ALL
      SELECT 2, 'account_held', NULL, NULL, h.account, NULL, (SELECT sum(w.recipients) FROM waiting w WHERE w.account = h.account), h.kind, h.reason, NULL, h.held_at
      FROM active_holds h WHERE h.kind NOT IN ('stopped', 'account_stopped', 'rate_limited')
      UNION ALL
      (SELECT CASE kind WHEN 'unknown' THEN 3 ELSE 5 END, kind, run_id, (SELECT f.name FROM firings f WHERE f.run_id = o.run_id), account, name, recipients,
        NULL, NULL, batch_id, latest
       FROM of_batches o ORDER BY kind DESC, latest DESC LIMIT ${2 * mostOfKind})
      UNION ALL
      SELECT 4, 'held', run_id, (SELECT f.name FROM firings f WHERE f.run_id = held.run_id), account, name, recipients, held_kind, held_reason, NULL, held_at FROM held
      UNION ALL
      SELECT 4, 'held', id, (SELECT f.name FROM firings f WHERE f.run_id = unapproved.id), account, name, recipients, 'approval', NULL, NULL, created_at
      FROM unapproved
      UNION ALL
      SELECT 6, 'failing', run_id, name, account, NULL, recipients, NULL, reason, NULL, NULL FROM failing
      UNION ALL
      SELECT 7, 'unread', f.run_id, f.name, r.account, r.name, uncut_of.recipients, NULL, NULL, NULL, f.decided_at
      FROM firings f JOIN runs r ON r.id = f.run_id CROSS JOIN LATERAL (${uncutOf}) AS uncut_of
      WHERE f.status = 'preparing' AND f.decided_at <= clock_timestamp() - ${longReadingMs} * interval '1 millisecond' AND r.paused_at IS NULL
      UNION ALL
      (SELECT 6, 'draft_failed', d.run_id, NULL, r.account, r.name, coalesce((d.checked->>'people')::int, 0), NULL, r.failure, NULL, d.updated_at
       FROM drafts d JOIN runs r ON r.id = d.run_id WHERE d.state = 'failed' AND r.failure IS NOT NULL ORDER BY d.updated_at DESC LIMIT ${mostOfKind})
      UNION ALL
      SELECT 7, 'draft_unread', d.run_id, NULL, r.account, r.name, coalesce((d.checked->>'people')::int, 0), NULL, d.audience, NULL, d.confirmed_at
      FROM drafts d JOIN runs r ON r.id = d.run_id
      WHERE d.state = 'preparing' AND d.confirmed_at <= clock_timestamp() - ${longReadingMs} * interval '1 millisecond' AND r.paused_at IS NULL
      UNION ALL
      SELECT 8, 'template', NULL, c.name, c.account, NULL,
        (SELECT sum(h.recipients) FROM held h JOIN firings f ON f.run_id = h.run_id WHERE f.campaign_id = c.id AND h.held_kind = 'template'),
        NULL, c.paused_reason, NULL, c.paused_at
      FROM campaigns c WHERE c.removed_at IS NULL AND c.paused_at IS NOT NULL AND c.paused_reason IS NOT NULL
    )
    SELECT kind, run_id AS "runId", campaign, account, name, coalesce(recipients, 0)::int AS recipients, hold, reason, batch_id AS "batchId",
      (SELECT d.id::text FROM drafts d WHERE d.run_id = told.run_id AND told.kind IN ('draft_failed', 'draft_unread')) AS "draftId"
    FROM told ORDER BY rank, at DESC NULLS LAST, run_id`;
}

/** Runs that were promised more rows than stand in the ledger, the latest first: the rest is on its way, or Redis has lost it. */
export async function shortRuns(db: Sql, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT r.id FROM (SELECT DISTINCT run_id FROM intakes WHERE is_short AND superseded_at IS NULL) AS short JOIN runs r ON r.id = short.run_id
    WHERE r.cancelled_at IS NULL AND r.purged_at IS NULL ORDER BY r.created_at DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** Work that only workers do: people who wait in batches of each account, and whether any campaign is to be fired. */
export async function waitingWork(
  db: Sql,
): Promise<{ accounts: { account: string; recipients: number }[]; campaigns: number }> {
  const accounts = await db.$queryRaw<{ account: string; recipients: number }[]>`
    SELECT account, sum(recipients)::int AS recipients FROM (
      SELECT account, sum(size) AS recipients FROM batches b WHERE waits(b) GROUP BY account
      UNION ALL SELECT r.account, sum(u.people) FROM uncut_people u JOIN runs r ON r.id = u.run_id
      WHERE r.drained_at IS NULL OR EXISTS (SELECT 1 FROM handed_in h WHERE h.run_id = r.id) GROUP BY r.account
      -- Whose rows nobody has begun to read.
      UNION ALL SELECT r.account, sum((d.checked ->> 'people')::int) FROM drafts d JOIN runs r ON r.id = d.run_id
      WHERE d.state = 'preparing' AND NOT EXISTS (SELECT 1 FROM intakes WHERE run_id = r.id) GROUP BY r.account
    ) AS parts GROUP BY account ORDER BY account`;
  const rows = await db.$queryRaw<{ campaigns: number }[]>`
    SELECT count(*)::int AS campaigns FROM campaigns
    WHERE removed_at IS NULL AND paused_at IS NULL AND (cron IS NOT NULL OR once_at > clock_timestamp())`;
  return { accounts, campaigns: rows[0]?.campaigns ?? 0 };
}
