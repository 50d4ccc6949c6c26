import type { Sql } from '../../postgres/sql.js';

/** How much of what. */
type Figures = { batches: number; recipients: number };

/** What a stop holds, and what it came too late for. */
type StoppedWork = {
  runs: number;
  campaigns: number;
  held: Figures;
  handedOver: Figures;
  startsLater: Figures;
};

/**
 * What goes on of an account, or of all: runs that nobody paused, cancelled or holds for a reason of their own, and campaigns that are on.
 * `held` are the recipients who aren't handed over, those among them that no batch has yet. `handedOver` is what Qiscus has, or may
 * have, of these runs and of others whose messages start later; `startsLater` is what of that starts later. OFFSET 0 keeps Postgres from reading all runs for the few that go on.
 */
export async function readStoppedWork(db: Sql, account: string | null): Promise<StoppedWork> {
  const rows = await db.$queryRaw<{ work: StoppedWork }[]>`
    WITH of_accounts AS MATERIALIZED (
      SELECT name FROM accounts WHERE ${account}::text IS NULL OR name = ${account}
    ), started AS MATERIALIZED (
      SELECT id FROM going_runs
    ), going AS MATERIALIZED (
      SELECT r.id FROM started CROSS JOIN LATERAL (SELECT * FROM runs WHERE runs.id = started.id OFFSET 0) AS r
      WHERE r.account IN (SELECT name FROM of_accounts) AND r.paused_at IS NULL AND r.cancelled_at IS NULL AND r.purged_at IS NULL
        AND (r.held_kind IS NULL OR r.held_kind IN ('first', 'preparing'))
    ), waiting AS (
      SELECT count(*) AS batches, coalesce(sum(b.size), 0) AS recipients FROM batches b JOIN going ON going.id = b.run_id WHERE waits(b)
    ), uncut AS (
      SELECT coalesce(sum(u.people), 0) AS recipients FROM uncut_people u JOIN going ON going.id = u.run_id
    ), later AS MATERIALIZED (
      SELECT b.run_id, b.size FROM batches b
      WHERE b.account IN (SELECT name FROM of_accounts) AND starts_later(b)
    ), out AS (
      SELECT count(*) AS batches, coalesce(sum(b.size), 0) AS recipients
      FROM (SELECT id FROM going UNION SELECT run_id FROM later) AS run
      CROSS JOIN LATERAL (SELECT size FROM batches b WHERE b.run_id = run.id AND is_handed_over(b) OFFSET 0) AS b
    )
    SELECT json_build_object(
      'runs', (SELECT count(*) FROM going),
      'campaigns', (SELECT count(*) FROM campaigns
        WHERE removed_at IS NULL AND paused_at IS NULL AND (cron IS NOT NULL OR once_at > clock_timestamp()) AND account IN (SELECT name FROM of_accounts)),
      'held', (SELECT json_build_object('batches', batches, 'recipients', waiting.recipients + uncut.recipients) FROM waiting, uncut),
      'handedOver', (SELECT json_build_object('batches', batches, 'recipients', recipients) FROM out),
      'startsLater', (SELECT json_build_object('batches', count(*), 'recipients', coalesce(sum(size), 0)) FROM later)
    ) AS work`;
  const row = rows[0];
  if (!row) throw new Error('a SELECT without FROM gave no row');
  return row.work;
}
