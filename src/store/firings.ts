import type { Fitting } from '../domain/column-map.js';
import type { Sql } from './database.js';

/** `preparing`: the audience is read into the run; `prepared`: all of it is in; `failed`: it couldn't be read. */
export type FiringStatus = 'preparing' | 'prepared' | 'failed' | 'skipped';

/** `reason`: why it was skipped or failed; of a firing that is prepared, why nobody was in it. */
export type FiringView = { at: string; status: FiringStatus; runId: string | null; reason: string | null };

/** Notes that an instant of a campaign is fired, as this run. Throws when it was decided about before. */
export async function insertFiring(tx: Sql, campaignId: string, at: Date, runId: string): Promise<void> {
  await tx.firing.create({ data: { campaignId, at, status: 'preparing', runId } });
}

/** Notes that these instants of a campaign are not fired, and why. */
export async function insertSkipped(
  tx: Sql,
  campaignId: string,
  instants: readonly Date[],
  reason: string,
): Promise<void> {
  await tx.firing.createMany({
    data: instants.map((at) => ({ campaignId, at, status: 'skipped', reason })),
    skipDuplicates: true,
  });
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
};

/**
 * Takes the oldest firing whose audience waits to be read and that nobody is at.
 * @param functions audiences of functions that this process has, written as campaigns do: `function:NAME`.
 */
export async function claimFiring(
  db: Sql,
  { token, ttlMs, functions }: { token: string; ttlMs: number; functions: readonly string[] },
): Promise<FiringClaim | undefined> {
  const rows = await db.$queryRaw<(Omit<FiringClaim, 'token' | 'fitting'> & Fitting)[]>`
    WITH waiting AS (
      SELECT f.campaign_id, f.at, c.name, c.columns, c.column_map, c.ignored_columns, c.audience
      FROM firings f JOIN campaigns c ON c.id = f.campaign_id JOIN runs r ON r.id = f.run_id
      WHERE f.status = 'preparing' AND r.paused_at IS NULL AND (f.claim_expires_at IS NULL OR f.claim_expires_at <= clock_timestamp())
        AND (c.audience NOT LIKE 'function:%' OR c.audience = ANY(${[...functions]}::text[]))
      ORDER BY f.at LIMIT 1 FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE firings f SET claim_token = ${token}::uuid, claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    FROM waiting w WHERE f.campaign_id = w.campaign_id AND f.at = w.at
    RETURNING f.campaign_id AS "campaignId", f.at, f.run_id AS "runId", f.decided_at AS "decidedAt", w.name AS campaign, w.columns, w.audience,
      w.column_map AS map, w.ignored_columns AS "ignoreColumns"`;
  if (!rows[0]) return undefined;
  const { map, ignoreColumns, ...claim } = rows[0];
  return { ...claim, fitting: { map, ignoreColumns }, token };
}

/** `false`: the claim was lost, and whatever this worker does must not count. */
export async function keepFiring(db: Sql, { token }: FiringClaim, ttlMs: number): Promise<boolean> {
  const kept = await db.$executeRaw`
    UPDATE firings SET claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    WHERE claim_token = ${token}::uuid AND status = 'preparing'`;
  return kept === 1;
}

/** Somebody else may read the audience, from its beginning; after `waitMs`. */
export async function releaseFiring(db: Sql, { token }: FiringClaim, waitMs: number): Promise<void> {
  await db.$executeRaw`
    UPDATE firings SET claim_token = NULL, claim_expires_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
    WHERE claim_token = ${token}::uuid AND status = 'preparing'`;
}

/** Ends the preparation. `false`: the claim was lost. */
export async function endFiring(
  tx: Sql,
  { token }: FiringClaim,
  end: { status: 'prepared'; reason: string | null } | { status: 'failed'; reason: string },
): Promise<boolean> {
  const ended = await tx.$executeRaw`
    UPDATE firings SET status = ${end.status}, reason = ${end.reason}, claim_token = NULL, claim_expires_at = NULL
    WHERE claim_token = ${token}::uuid AND status = 'preparing'`;
  return ended === 1;
}

/** Firings whose audience has been waiting or read for so long. */
export async function longPreparations(
  db: Sql,
  afterMs: number,
): Promise<{ campaign: string; audience: string; runId: string; since: Date }[]> {
  return db.$queryRaw<{ campaign: string; audience: string; runId: string; since: Date }[]>`
    SELECT c.name AS campaign, c.audience, f.run_id AS "runId", f.decided_at AS since
    FROM firings f JOIN campaigns c ON c.id = f.campaign_id
    WHERE f.status = 'preparing' AND f.decided_at <= clock_timestamp() - ${afterMs} * interval '1 millisecond'
    ORDER BY f.decided_at LIMIT 100`;
}

/** Where the clock hangs by which a campaign fired this run; `null`: the campaign fires once, or no campaign fired it. */
export async function campaignZoneOf(db: Sql, runId: string): Promise<string | null> {
  const rows = await db.$queryRaw<{ timeZone: string | null }[]>`
    SELECT c.time_zone AS "timeZone" FROM firings f JOIN campaigns c ON c.id = f.campaign_id WHERE f.run_id = ${runId}`;
  return rows[0]?.timeZone ?? null;
}

/** A campaign's latest firings, newest first. */
export async function latestFirings(db: Sql, campaignId: string, limit: number): Promise<FiringView[]> {
  const rows = await db.firing.findMany({ where: { campaignId }, orderBy: { at: 'desc' }, take: limit });
  return rows.map(({ at, status, runId, reason }) => ({
    at: at.toISOString(),
    status: status as FiringStatus,
    runId,
    reason,
  }));
}
