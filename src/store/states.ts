import { ChangedMeanwhileError } from '../errors.js';
import { type Fragment, join, raw, type Sql, sql } from './postgres/sql.js';

/**
 * States, in short: each is a text that is another one as soon as anything has changed that a decision rests on. A page shows a
 * thing and keeps its state; the change that it asks for gives the state back, and is made only if it is still the same. What
 * belongs to a state is said here and nowhere else.
 */
type Stateful = 'run' | 'failed' | 'batch' | 'campaign';

const short = (row: Fragment) => sql`left(md5(ROW(${row})::text), 16)`;
const utc = (column: string) => raw(`${column} AT TIME ZONE 'UTC'`);

/** What lets a run `r` go out or not. Its figures are left out: they move all the time while it is at work. */
export const stateOfRun = short(
  sql`r.id, r.purged_at IS NULL, r.failure, r.held_kind, ${join([
    utc('r.sealed_at'),
    utc('r.paused_at'),
    utc('r.cancelled_at'),
    utc('r.held_at'),
  ])}`,
);

/** Which batches of a run `r` are failed, and by which delivery: one that was retried and failed again is another. */
export const stateOfFailed = sql`(SELECT ${short(
  sql`r.id, count(*), sum(hashtext(f.id || ':' || f.claim_number)::bigint)`,
)} FROM batches f WHERE f.run_id = r.id AND f.status = 'failed')`;

/** How a batch `b` stands, and what was tried and decided about it. */
const stateOfBatch = short(
  sql`b.id, b.status, b.size, b.claim_number, b.attempts, b.broadcast_job_id,
    (SELECT max(a.id) FROM attempts a WHERE a.batch_id = b.id)`,
);

/** Which campaign `c` of its name it is, as it was changed last, whether its schedule counts, and what it has fired or skipped last. */
const stateOfCampaign = short(
  sql`c.id, c.version, ${utc('c.paused_at')}, (SELECT count(*) FROM firings f WHERE f.campaign_id = c.id),
    (SELECT max(${utc('f.decided_at')}) FROM firings f WHERE f.campaign_id = c.id)`,
);

const selects: Record<Stateful, (id: string) => Fragment> = {
  run: (id) => sql`SELECT ${stateOfRun} AS state FROM runs r WHERE r.id = ${id}`,
  failed: (id) => sql`SELECT ${stateOfFailed} AS state FROM runs r WHERE r.id = ${id}`,
  batch: (id) => sql`SELECT ${stateOfBatch} AS state FROM batches b WHERE b.id = ${id}`,
  campaign: (name) =>
    sql`SELECT ${stateOfCampaign} AS state FROM campaigns c WHERE c.name = ${name} AND c.removed_at IS NULL`,
};

/**
 * The state of a run, of what is failed of it, of a batch, or of the campaign of a name; `null` if there is none. Ask for it before
 * you read what you show: what changes in between is noticed then.
 */
export async function stateOf(db: Sql, what: Stateful, id: string): Promise<string | null> {
  const rows = await db.$queryRaw<{ state: string }[]>(selects[what](id));
  return rows[0]?.state ?? null;
}

/**
 * Whether the thing is as its page showed it, for the guarded statement that changes it; nothing seen is always right.
 */
export function isAsSeen(what: Stateful, id: string | null, seen: string | undefined): Fragment {
  if (seen === undefined || id === null) return sql`true`;
  return sql`coalesce((${selects[what](id)}) = ${seen}, false)`;
}

const words: Record<Stateful, string> = {
  run: 'Run',
  failed: 'What is failed of run',
  batch: 'Batch',
  campaign: 'Campaign',
};

/**
 * Refuses a change of what isn't any more as its page showed it. Call it under the lock of the change.
 * @throws {ChangedMeanwhileError}
 */
export async function requireAsSeen(tx: Sql, what: Stateful, id: string, seen: string | undefined): Promise<void> {
  if (seen === undefined) return;
  if ((await stateOf(tx, what, id)) !== seen) throw changedMeanwhile(what, id);
}

function changedMeanwhile(what: Stateful, id: string): ChangedMeanwhileError {
  return new ChangedMeanwhileError(`${words[what]} ${what === 'campaign' ? JSON.stringify(id) : id}`);
}

/** `ifState`: what the caller saw of it. If it has changed since, nothing is done: `ChangedMeanwhileError`. */
export type IfState = { ifState?: string | undefined };
