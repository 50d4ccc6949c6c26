import { empty, type Fragment, join, raw, type Sql, sql } from '../postgres/sql.js';
import { plannedAnew } from '../postgres/statement-name.js';

export const runStates = ['open', 'sealed', 'paused', 'held', 'cancelled', 'finished', 'unknown', 'refused'] as const;
/**
 * How runs are asked for. `open`, `sealed`, `paused`: they go on, and take recipients, are complete, or are paused, by a person or a hold of
 * their own. `held`: any hold keeps them, also of their account. `cancelled`, `finished`: whatever became of them. `unknown`, `refused`: they have such batches, also if they ended.
 */
export type RunState = (typeof runStates)[number];

export const runKinds = ['broadcast', 'message'] as const;
/** A list for many, or a single message that a program sent. */
export type RunKind = (typeof runKinds)[number];

/** Which runs are asked for: those that fit all that is given. */
export type RunFilter = {
  /** How they stand. */
  state?: RunState | undefined;
  /** A part of their name, in whatever case. */
  name?: string | undefined;
  /** Their account. */
  account?: string | undefined;
  /** The campaign that started them. */
  campaign?: string | undefined;
  /** Broadcasts, or single messages. */
  kind?: RunKind | undefined;
  /** Begun from then on. */
  since?: Date | undefined;
  /** Begun before then. */
  until?: Date | undefined;
};

/** Ids of runs that workers aren't through with. */
export const going = sql`SELECT id FROM going_runs`;
const withBatches = (status: string) => sql`SELECT DISTINCT run_id AS id FROM batches WHERE status = ${status}`;

/** Where runs of a state are looked for, if they are few among many. */
const placeOf: Partial<Record<RunState, Fragment>> = {
  open: going,
  sealed: going,
  paused: going,
  held: going,
  unknown: withBatches('unknown'),
  refused: withBatches('failed'),
};

/** Whether a hold of its own stops a run. The table by its name: `r` may be a part of it. */
const stopsItself = sql`(r.held_kind IS NOT NULL
  AND EXISTS (SELECT 1 FROM runs same WHERE same.id = r.id AND is_stopped(same)))`;
/** Whether it waits until somebody has approved it. */
const isUnapproved = sql`(r.approval_above IS NOT NULL AND r.finished_at IS NULL
  AND EXISTS (SELECT 1 FROM runs same WHERE same.id = r.id AND asks_for_approval(same)))`;
/** Whether nothing of it is left to hand over: so it is shown as finished. */
const isThrough = sql`EXISTS (SELECT 1 FROM runs same WHERE same.id = r.id AND is_through(same))`;
const goesOn = sql`r.cancelled_at IS NULL AND r.paused_at IS NULL AND NOT ${stopsItself} AND NOT ${isUnapproved}`;

const conditionOf: Partial<Record<RunState, Fragment>> = {
  open: sql`r.sealed_at IS NULL AND ${goesOn}`,
  sealed: sql`r.sealed_at IS NOT NULL AND ${goesOn} AND NOT ${isThrough}`,
  paused: sql`r.cancelled_at IS NULL AND (r.paused_at IS NOT NULL OR ${stopsItself} OR ${isUnapproved})`,
  held: sql`r.cancelled_at IS NULL AND (r.held_kind IS NOT NULL OR ${isUnapproved} OR r.account IN (SELECT account FROM active_holds))`,
  cancelled: sql`r.cancelled_at IS NOT NULL`,
  finished: isThrough,
};

/**
 * Runs that fit, newest first: those before one of them, or from the newest one. OFFSET 0 keeps Postgres from reading all runs where only a
 * few are looked at. A name that many have is looked for from the newest run on, one that few have by the index of names.
 */
export async function findRunIds(db: Sql, filter: RunFilter, limit: number, before?: string): Promise<string[]> {
  const place = filter.state && placeOf[filter.state];
  const rows = await db.$queryRaw<{ id: string }[]>`
    ${filter.name === undefined ? empty : raw(plannedAnew)}
    ${place ? sql`WITH few AS MATERIALIZED (${place})` : empty}
    SELECT r.id FROM ${place ? sql`few CROSS JOIN LATERAL (SELECT * FROM runs WHERE runs.id = few.id OFFSET 0) AS r` : sql`runs r`}
    WHERE ${join([sql`true`, ...conditions(filter)], ' AND ')}
      AND (${before ?? null}::text IS NULL OR (r.created_at, r.number) < (SELECT created_at, number FROM runs WHERE id = ${before ?? null}))
    ORDER BY r.created_at DESC, r.number DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** What a run has to be so that it fits, as a condition on `runs r`, wherever it is looked for. */
export function fits(filter: RunFilter): Fragment {
  const place = filter.state && placeOf[filter.state];
  const isThere = place ? [sql`r.id IN (${place})`] : [];
  return join([sql`true`, ...isThere, ...conditions(filter)], ' AND ');
}

function conditions({ state, name, account, campaign, kind, since, until }: RunFilter): Fragment[] {
  const asked = [
    state && conditionOf[state],
    name !== undefined && sql`r.name ILIKE ${`%${name.replace(/[\\%_]/g, '\\$&')}%`}`,
    account !== undefined && sql`r.account = ${account}`,
    campaign !== undefined && sql`r.id IN (SELECT f.run_id FROM firings f WHERE f.name = ${campaign})`,
    kind !== undefined && (kind === 'message' ? sql`r.is_message` : sql`NOT r.is_message`),
    since && sql`r.created_at >= ${since}`,
    until && sql`r.created_at < ${until}`,
  ];
  return asked.filter((each) => each !== undefined && each !== false);
}
