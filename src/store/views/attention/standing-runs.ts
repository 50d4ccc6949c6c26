import type { Sql } from '../../postgres/sql.js';

/** A run of a campaign that still goes out, or could be fired anew. */
export type StandingRun = {
  campaignId: string;
  /** The instant that it was fired for. */
  at: Date;
  runId: string;
  startAt: Date | null;
  /** Whether messages of it still go out; otherwise nobody got one, and it could be fired anew. */
  goesOut: boolean;
  pausedAt: Date | null;
  /** Whether it was cancelled: then only what is handed over still goes out, and the operator who cancelled it was told. */
  isCancelled: boolean;
  /** Those who are in batches and will be messaged, as far as is known. */
  recipients: number;
  /** When the next of them start; `null`: at once. */
  startsAt: Date | null;
  /** Runs of this instant that were replaced before. */
  replaced: number;
};

/**
 * A campaign's runs whose messages still go out, at least in part; and those whose start lies ahead and that reached nobody, as they
 * failed, were refused or had nobody in them. By run, the order in which several runs are locked.
 */
export async function standingRuns(db: Sql, campaignId: string): Promise<StandingRun[]> {
  return db.$queryRaw<StandingRun[]>`
    SELECT * FROM (
      SELECT f.campaign_id AS "campaignId", f.at, f.run_id AS "runId", r.start_at AS "startAt", r.paused_at AS "pausedAt", r.cancelled_at IS NOT NULL AS "isCancelled",
        coalesce(b.recipients, 0)::int AS recipients,
        coalesce(b.starts_at, r.start_at) AS "startsAt", coalesce(cardinality(f.replaced_runs), 0) AS replaced,
        coalesce(b.ahead, false) OR (r.cancelled_at IS NULL AND (f.status = 'preparing' OR r.drained_at IS NULL)) AS "goesOut",
        may_be_fired_anew(r) AS "mayBeFiredAnew"
      FROM firings f JOIN runs r ON r.id = f.run_id CROSS JOIN LATERAL (
        SELECT bool_or(still_goes_out(b)) AS ahead, sum(b.size) FILTER (WHERE still_goes_out(b)) AS recipients,
          min(b.started_at) FILTER (WHERE still_goes_out(b)) AS starts_at
        FROM batches b WHERE b.run_id = r.id
      ) AS b
      WHERE f.campaign_id = ${campaignId} AND r.purged_at IS NULL
    ) AS fired
    WHERE "goesOut" OR ("startAt" > clock_timestamp() AND "mayBeFiredAnew")
    ORDER BY "runId"`;
}
