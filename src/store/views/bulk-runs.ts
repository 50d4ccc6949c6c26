import { operatorsHolds } from '../../domain/runs/run.js';
import { type Fragment, type Sql, sql } from '../postgres/sql.js';
import { stateOfFailed, stateOfRun } from '../states.js';
import { fits, going, type RunFilter } from './run-list.js';

export const bulkActions = ['retry', 'resume', 'cancel'] as const;
/** What can be done to many runs at once. */
export type BulkAction = (typeof bulkActions)[number];

/** A run that it would be done to, and how many people that concerns. `state`: what of it the single action is done to; `null`: however it is. */
export type BulkRun = { id: string; name: string; recipients: number; state: string | null };

/** Where a run is looked for that it could be done to, and what the run has to be. The single action refuses by its own guards, whatever is said here. */
const candidates: Record<BulkAction, { place: Fragment; condition: Fragment; state: Fragment }> = {
  retry: {
    place: sql`SELECT DISTINCT run_id AS id FROM batches WHERE status = 'failed'`,
    condition: sql`r.cancelled_at IS NULL AND r.purged_at IS NULL`,
    state: stateOfFailed,
  },
  resume: {
    place: sql`${going} UNION SELECT id FROM runs WHERE paused_at IS NOT NULL AND retry_at IS NOT NULL`,
    condition: sql`r.cancelled_at IS NULL AND r.purged_at IS NULL
      AND (r.paused_at IS NOT NULL OR r.held_kind = ANY(${[...operatorsHolds]}::text[]))`,
    state: stateOfRun,
  },
  cancel: {
    place: sql`${going} UNION SELECT id FROM runs WHERE retry_at IS NOT NULL`,
    condition: sql`r.cancelled_at IS NULL AND r.purged_at IS NULL`,
    // What isn't handed over is given up, why ever it was held.
    state: sql`NULL::text`,
  },
};

/** Who is in batches of a run that failed. */
const failedPeople = sql`(SELECT coalesce(sum(size), 0) FROM batches WHERE run_id = r.id AND status = 'failed')`;
/** Who is not handed over: in batches, or in none yet. */
const waitingPeople = sql`((SELECT coalesce(sum(size), 0) FROM batches b WHERE run_id = r.id AND waits(b))
  + (SELECT coalesce(sum(people), 0) FROM uncut_people WHERE run_id = r.id))`;

/** The runs that fit and that it could be done to, the oldest first. One statement, so that they are those of one moment. */
export async function findBulkRuns(db: Sql, action: BulkAction, filter: RunFilter, limit: number): Promise<BulkRun[]> {
  const { place, condition, state } = candidates[action];
  return db.$queryRaw<BulkRun[]>`
    WITH few AS MATERIALIZED (${place})
    SELECT r.id, r.name, ${action === 'retry' ? failedPeople : waitingPeople}::int AS recipients, ${state} AS state
    FROM few CROSS JOIN LATERAL (SELECT * FROM runs WHERE runs.id = few.id OFFSET 0) AS r
    WHERE ${condition} AND ${fits(filter)}
    ORDER BY r.created_at, r.number LIMIT ${limit}`;
}

/**
 * Runs that fit and of which something is handed over that starts later, whether or not anything is left of them to cancel.
 * @param alsoCancelled also those that were cancelled before
 */
export async function findRunsAhead(db: Sql, filter: RunFilter, alsoCancelled: boolean): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH few AS MATERIALIZED (
      SELECT DISTINCT b.run_id AS id FROM batches b
      WHERE b.account IN (SELECT name FROM accounts) AND starts_later(b)
    )
    SELECT r.id FROM few CROSS JOIN LATERAL (SELECT * FROM runs WHERE runs.id = few.id OFFSET 0) AS r
    WHERE (${alsoCancelled} OR r.cancelled_at IS NULL) AND ${fits(filter)} ORDER BY r.created_at, r.number`;
  return rows.map(({ id }) => id);
}
