import { mostForOneReason, type TemplateTrouble, toldAtLeast } from '../domain/statuses/template-trouble.js';
import { type Sql, sql } from './postgres/sql.js';

/** A run whose template doesn't get through, and the campaign that started it. */
export type TroubledRun = TemplateTrouble & { runId: string; campaignId: string | null };

/**
 * Runs of which a message failed as WhatsApp has paused the template; and runs that go on, most of whose messages failed for one
 * reason. Those that were held for it before are left out.
 */
export async function runsWithTemplateTrouble(db: Sql): Promise<TroubledRun[]> {
  return db.$queryRaw<TroubledRun[]>`
    WITH going AS MATERIALIZED (
      SELECT DISTINCT run_id FROM batches b WHERE waits(b)
    ), failing AS (
      SELECT run_id, code, sum(failed) AS failed, true AS is_paused FROM run_failures
      WHERE code IN (132015, 132016) GROUP BY run_id, code
      UNION ALL SELECT f.run_id, f.code, sum(f.failed), false FROM going JOIN run_failures f USING (run_id) GROUP BY f.run_id, f.code
    ), worst AS (
      SELECT DISTINCT ON (f.run_id) f.*, told FROM failing f JOIN runs r ON r.id = f.run_id
      CROSS JOIN LATERAL (SELECT sum(sent + failed) AS told FROM run_results WHERE run_id = f.run_id) AS all_told
      WHERE r.template_held_at IS NULL AND f.failed > 0
        AND (is_paused OR (told >= ${toldAtLeast}::int AND f.failed > ${mostForOneReason}::float8 * told))
      ORDER BY f.run_id, is_paused DESC, f.failed DESC
    )
    SELECT worst.run_id AS "runId", nullif(code, 0) AS code, failed::int, told::int, firings.campaign_id AS "campaignId"
    FROM worst LEFT JOIN firings ON firings.run_id = worst.run_id`;
}

/** Whether nothing of it goes out any more: an operator has cancelled it, or its end was noted, and no late answer has put a batch back to waiting since. */
const isOver = sql`(cancelled_at IS NOT NULL OR (finished_at IS NOT NULL AND EXISTS (SELECT 1 FROM ended_runs e WHERE e.id = runs.id)))`;

/**
 * Holds the run, unless something else holds it: that comes first. What has ended already is told of all the same. `false`: nothing
 * was done. Call it under the run's state lock.
 */
export async function holdForTemplate(tx: Sql, runId: string, reason: string): Promise<boolean> {
  const done = await tx.$queryRaw<unknown[]>`
    WITH held AS (
      UPDATE runs SET held_kind = 'template', held_reason = ${reason}, held_at = clock_timestamp(), template_held_at = clock_timestamp(), finished_at = NULL
      WHERE id = ${runId} AND template_held_at IS NULL AND NOT ${isOver}
        AND (held_kind IS NULL OR held_kind = 'first')
      RETURNING id
    ), ended AS (
      UPDATE runs SET template_held_at = clock_timestamp()
      WHERE id = ${runId} AND template_held_at IS NULL AND ${isOver} RETURNING id
    ), told AS (
      INSERT INTO notices (event, run_id, detail)
      SELECT 'hold', id, jsonb_build_object('kind', 'template', 'reason', ${reason}::text) FROM ended
    )
    SELECT id FROM held UNION ALL SELECT id FROM ended`;
  return done.length > 0;
}

/** The campaign of a run that wasn't held for its template yet, `null` if it has none. `undefined`: it was, and an operator knows better. */
export async function campaignOfUnheld(db: Sql, runId: string): Promise<{ campaignId: string | null } | undefined> {
  const rows = await db.$queryRaw<{ campaignId: string | null }[]>`
    SELECT f.campaign_id AS "campaignId" FROM runs r LEFT JOIN firings f ON f.run_id = r.id
    WHERE r.id = ${runId} AND r.template_held_at IS NULL`;
  return rows[0];
}

/** Pauses the campaign, unless it is paused. Call it under the campaign's lock. */
export async function pauseForTemplate(tx: Sql, campaignId: string, reason: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE campaigns SET paused_at = clock_timestamp(), paused_reason = ${reason}
    WHERE id = ${campaignId} AND paused_at IS NULL AND removed_at IS NULL`;
}
