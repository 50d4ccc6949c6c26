import type { Fitting } from '../domain/columns/column-map.js';
import { clockFrom } from './postgres/database.js';
import { type Sql, sql } from './postgres/sql.js';

/** `preparing`: a worker reads the audience. `prepared`: all of it is in. `failed`: it couldn't be read. `skipped`: nothing was fired. */
export type FiringStatus = 'preparing' | 'prepared' | 'failed' | 'skipped';

/** What was decided about an instant, by the campaign itself or by one of its name that was removed. */
export type DecidedFiring = { campaignId: string; status: FiringStatus; runId: string | null; decidedAt: Date };

/**
 * Whether an instant `f` was taken back, as the schedule that its campaign was given then didn't have it. It isn't decided: a later
 * schedule may have it again.
 */
const isTakenBack = sql`(f.run_id IS NULL AND coalesce(cardinality(f.replaced_runs), 0) > 0)`;

/** What was decided about an instant of a name: by this campaign itself, or else by the latest one of its name. */
export async function findDecided(
  db: Sql,
  { id, name }: Decider,
  at: Date,
): Promise<(DecidedFiring & { isOwn: boolean }) | undefined> {
  const rows = await db.$queryRaw<(DecidedFiring & { isOwn: boolean })[]>`
    SELECT campaign_id AS "campaignId", status, run_id AS "runId", decided_at AS "decidedAt", campaign_id = ${id} AS "isOwn"
    FROM firings f WHERE name = ${name} AND at = ${at} AND NOT (campaign_id = ${id} AND ${isTakenBack})
    ORDER BY campaign_id = ${id} DESC, run_id IS NULL, decided_at DESC LIMIT 1`;
  return rows[0];
}

/** The run that an instant has: the campaign's own, or else that of one of its name unless it insists on firing it again. */
export async function findFired(
  db: Sql,
  { id, name, firesAgain }: Decider & { firesAgain: boolean },
  at: Date,
): Promise<string | undefined> {
  const rows = await db.$queryRaw<{ runId: string }[]>`
    SELECT run_id AS "runId" FROM firings
    WHERE name = ${name} AND at = ${at} AND run_id IS NOT NULL AND (campaign_id = ${id} OR NOT ${firesAgain}::bool)
    ORDER BY campaign_id = ${id} DESC, decided_at DESC LIMIT 1`;
  return rows[0]?.runId;
}

/** Instants after this one that are decided for the campaign: by itself, or by one of its name unless it insists on firing them. */
export async function decidedAfter(
  db: Sql,
  { id, name, firesAgain }: Decider & { firesAgain: boolean },
  after: Date,
): Promise<Date[]> {
  const rows = await db.$queryRaw<{ at: Date }[]>`
    SELECT DISTINCT at FROM firings f WHERE name = ${name} AND at > ${after} AND (campaign_id = ${id} OR NOT ${firesAgain}::bool)
      AND NOT (campaign_id = ${id} AND ${isTakenBack}) LIMIT 1000`;
  return rows.map(({ at }) => at);
}

/** How many runs of this instant of a campaign were cancelled so that it could be fired anew. */
export async function replacedBefore(db: Sql, campaignId: string, at: Date): Promise<number> {
  const rows = await db.$queryRaw<{ runs: number }[]>`
    SELECT coalesce(cardinality(replaced_runs), 0) AS runs FROM firings WHERE campaign_id = ${campaignId} AND at = ${at}`;
  return rows[0]?.runs ?? 0;
}

type Decider = { id: string; name: string };

/**
 * Notes that an instant of a campaign is fired, as this run. What was decided about it before, by a campaign of its name, is
 * only overruled if an operator insists; what the campaign has skipped itself, likewise, unless it was only taken back. Throws when it was
 * decided before.
 */
export async function insertFiring(
  tx: Sql,
  { id, name, version }: Decider & { version: number },
  firing: { at: Date; runId: string; insists: boolean },
): Promise<void> {
  const { at, runId, insists } = firing;
  const inserted = await tx.$executeRaw`
    INSERT INTO firings AS f (campaign_id, name, at, version, status, run_id, replaced_runs, repeats)
    SELECT ${id}, ${name}, ${at}::timestamptz, ${version}::int, 'preparing', ${runId}, '{}', was.decided
    FROM (SELECT EXISTS (SELECT 1 FROM firings e WHERE e.name = ${name} AND e.at = ${at} AND e.campaign_id <> ${id}) AS decided) AS was
    WHERE ${insists}::bool OR NOT was.decided
    ON CONFLICT (campaign_id, at) DO UPDATE SET status = 'preparing', run_id = excluded.run_id, version = excluded.version, reason = NULL,
      decided_at = clock_timestamp()
    WHERE f.status = 'skipped' AND (${insists}::bool OR ${isTakenBack})`;
  if (inserted !== 1) throw new Error(`campaign ${name}: ${at.toISOString()} was decided before`);
}

/**
 * Notes that these instants of a campaign are not fired, and why. What was decided about them before stays, also by a campaign of its
 * name unless this one insists on firing them. Returns those that weren't decided, ascending.
 */
export async function insertSkipped(
  tx: Sql,
  { id, name, version, firesAgain }: Decider & { version: number; firesAgain: boolean },
  instants: readonly Date[],
  reason: string,
): Promise<Date[]> {
  if (instants.length === 0) return [];
  const rows = await tx.$queryRaw<{ at: Date }[]>`
    INSERT INTO firings (campaign_id, name, version, at, status, reason, replaced_runs, repeats)
    SELECT ${id}, ${name}, ${version}::int, i.at, 'skipped', ${reason}, '{}', was.decided
    FROM unnest(${instants.map((at) => at.toISOString())}::text[]::timestamptz[]) AS i (at), LATERAL (
      SELECT EXISTS (SELECT 1 FROM firings e WHERE e.name = ${name} AND e.at = i.at AND e.campaign_id <> ${id}) AS decided) AS was
    WHERE ${firesAgain}::bool OR NOT was.decided
    ON CONFLICT DO NOTHING RETURNING at`;
  return rows.map(({ at }) => at).sort((a, b) => a.getTime() - b.getTime());
}

/** Notes that an instant is not fired because a campaign of this name, which was removed, has decided about it. */
export async function insertRepeated(
  tx: Sql,
  { id: campaignId, name, version }: Decider & { version: number },
  at: Date,
  reason: string,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO firings (campaign_id, name, version, at, status, reason, replaced_runs, repeats)
    VALUES (${campaignId}, ${name}, ${version}, ${at}, 'skipped', ${reason}, '{}', true) ON CONFLICT DO NOTHING`;
}

/** What campaigns of this name which were removed have decided about instants that lie ahead, each once, ascending. */
export async function decidedAhead(
  db: Sql,
  { id, name }: Decider,
  after: Date,
): Promise<(DecidedFiring & { at: Date })[]> {
  return db.$queryRaw<(DecidedFiring & { at: Date })[]>`
    SELECT DISTINCT ON (at) at, campaign_id AS "campaignId", status, run_id AS "runId", decided_at AS "decidedAt"
    FROM firings WHERE name = ${name} AND campaign_id <> ${id} AND at > ${after}
    ORDER BY at, run_id IS NULL, decided_at DESC LIMIT 1000`;
}

/**
 * Gives an instant another run, in place of the one that was cancelled for it: its audience is read anew, with another version of the
 * campaign. `null`: the instant isn't fired any more, for this reason. Throws when its run isn't that one any more.
 */
export async function replaceRun(
  tx: Sql,
  firing: { campaignId: string; at: Date; runId: string },
  next: { version: number; runId: string | null; reason: string | null },
): Promise<void> {
  const replaced = await tx.$executeRaw`
    /* an instant gets another run */ UPDATE firings SET run_id = ${next.runId}, version = ${next.version}, status = ${next.runId === null ? 'skipped' : 'preparing'},
           reason = ${next.reason}, claim_token = NULL, claim_expires_at = NULL, decided_at = clock_timestamp(),
           replaced_runs = replaced_runs || run_id
    WHERE campaign_id = ${firing.campaignId} AND at = ${firing.at} AND run_id = ${firing.runId}`;
  if (replaced !== 1) throw new Error(`run ${firing.runId} is not that of ${firing.at.toISOString()} any more`);
}

/** A firing in the hands of one worker, which reads its audience. */
export type FiringClaim = {
  campaignId: string;
  at: Date;
  token: string;
  runId: string;
  decidedAt: Date;
  campaign: string;
  columns: string[];
  fitting: Fitting;
  audience: string;
  /** Postgres's clock, which goes on from when it was claimed. */
  now(): Date;
};

/**
 * Takes the oldest firing whose audience waits to be read and that nobody is at. It is read as the version says that the firing was
 * decided with, whatever was changed since.
 * @param audiences those of a name that this process knows, written as campaigns do: `function:NAME`, `named:NAME`.
 */
export async function claimFiring(
  db: Sql,
  { token, ttlMs, audiences }: { token: string; ttlMs: number; audiences: readonly string[] },
): Promise<FiringClaim | undefined> {
  const rows = await db.$queryRaw<(Omit<FiringClaim, 'token' | 'fitting' | 'now'> & Fitting & { told: Date })[]>`
    WITH waiting AS (
      SELECT f.campaign_id, f.at, f.name, c.columns, c.column_map, c.ignored_columns, c.audience
      FROM firings f JOIN campaign_audiences c ON c.campaign_id = f.campaign_id AND c.version = f.version JOIN runs r ON r.id = f.run_id
      WHERE f.status = 'preparing' AND r.paused_at IS NULL AND (f.claim_expires_at IS NULL OR f.claim_expires_at <= clock_timestamp())
        AND (c.audience !~ '^(function|named):' OR c.audience = ANY(${[...audiences]}::text[]))
      ORDER BY f.at LIMIT 1 FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE firings f SET claim_token = ${token}::uuid, claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    FROM waiting w WHERE f.campaign_id = w.campaign_id AND f.at = w.at
    RETURNING f.campaign_id AS "campaignId", f.at, f.run_id AS "runId", f.decided_at AS "decidedAt", clock_timestamp() AS told, w.name AS campaign, w.columns, w.audience,
      w.column_map AS map, w.ignored_columns AS "ignoreColumns"`;
  if (!rows[0]) return undefined;
  const { map, ignoreColumns, told, ...claim } = rows[0];
  return { ...claim, fitting: { map, ignoreColumns }, token, now: clockFrom(told) };
}

/** That a firing is still in the hands of this claim, for the guarded statement that changes it. */
const isOf = ({ token }: FiringClaim) => sql`claim_token = ${token}::uuid AND status = 'preparing'`;

/** `false`: the claim was lost, and whatever this worker does must not count. */
export async function keepFiring(db: Sql, claim: FiringClaim, ttlMs: number): Promise<boolean> {
  const kept = await db.$executeRaw`
    UPDATE firings SET claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    WHERE ${isOf(claim)}`;
  return kept === 1;
}

/** Another worker may read the audience, from its beginning, after `waitMs`. */
export async function releaseFiring(db: Sql, claim: FiringClaim, waitMs: number): Promise<void> {
  await db.$executeRaw`
    UPDATE firings SET claim_token = NULL, claim_expires_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
    WHERE ${isOf(claim)}`;
}

/** Ends the preparation. `false`: the claim was lost. */
export async function endFiring(
  tx: Sql,
  claim: FiringClaim,
  end: { status: 'prepared'; reason: string | null } | { status: 'failed'; reason: string },
): Promise<boolean> {
  const ended = await tx.$executeRaw`
    /* a firing is over */ UPDATE firings SET status = ${end.status}, reason = ${end.reason}, claim_token = NULL, claim_expires_at = NULL
    WHERE ${isOf(claim)}`;
  return ended === 1;
}
