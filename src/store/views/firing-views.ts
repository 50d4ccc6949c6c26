import type { FiringStatus } from '../firings.js';
import { columns, exists, type Sql, sql } from '../postgres/sql.js';
import type { RunRow } from '../runs.js';

/** What became of an instant of a campaign's schedule, or of a firing by hand. */
export type FiringView = {
  /** The instant, ISO 8601 in UTC. */
  at: string;
  /** How far it has come. */
  status: FiringStatus;
  /** The run that it started; `null`: none. */
  runId: string | null;
  /** Why it was skipped or failed; if it is prepared, why nobody was in it. */
  reason: string | null;
  /** The version of the campaign that it was decided with. */
  version: number;
  /** The runs that were cancelled so that the instant could be fired anew. */
  replacedRuns: string[];
};

/**
 * Campaigns that fail: the latest of their firings whose audience was read to the end, or couldn't be, is one that couldn't. What was
 * skipped since, or is being read, mends nothing.
 */
export const failingCampaigns = sql`SELECT c.id, c.name, c.account, latest.at, latest.reason, latest.run_id
  FROM campaigns c CROSS JOIN LATERAL (
    SELECT f.at, f.status, f.reason, f.run_id FROM firings f
    WHERE f.campaign_id = c.id AND f.status IN ('prepared', 'failed') ORDER BY f.at DESC LIMIT 1
  ) AS latest
  WHERE c.removed_at IS NULL AND latest.status = 'failed'`;

/** The firing by which each of these campaigns fails; one that is missing doesn't. */
export async function failedFirings(
  db: Sql,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, { at: Date; reason: string | null }>> {
  const rows = await db.$queryRaw<{ id: string; at: Date; reason: string | null }[]>`
    SELECT id, at, reason FROM (${failingCampaigns}) AS failing WHERE id = ANY(${[...campaignIds]}::text[])`;
  return new Map(rows.map(({ id, ...firing }) => [id, firing]));
}

/** Campaigns that may fire and skip the dates of a calendar. */
export async function campaignsWithCalendars(
  db: Sql,
  limit: number,
): Promise<{ name: string; account: string; calendar: string }[]> {
  return db.$queryRaw`
    SELECT name, account, calendar FROM campaigns
    WHERE removed_at IS NULL AND paused_at IS NULL AND calendar IS NOT NULL ORDER BY name LIMIT ${limit}`;
}

/** Firings whose audience, and confirmed drafts whose list, has been waiting or read for so long. `campaign`: of a draft, the name of its run. */
export async function longPreparations(
  db: Sql,
  afterMs: number,
): Promise<{ campaign: string; audience: string; runId: string; since: Date }[]> {
  return db.$queryRaw<{ campaign: string; audience: string; runId: string; since: Date }[]>`
    SELECT f.name AS campaign, c.audience, f.run_id AS "runId", f.decided_at AS since
    FROM firings f JOIN campaign_audiences c ON c.campaign_id = f.campaign_id AND c.version = f.version
    WHERE f.status = 'preparing' AND f.decided_at <= clock_timestamp() - ${afterMs} * interval '1 millisecond'
    UNION ALL
    SELECT r.name, coalesce('named:' || d.audience, ''), d.run_id, d.confirmed_at FROM drafts d JOIN runs r ON r.id = d.run_id
    WHERE d.state = 'preparing' AND d.confirmed_at <= clock_timestamp() - ${afterMs} * interval '1 millisecond'
    ORDER BY since LIMIT 100`;
}

/** Whether the recipients of any campaign come from a query, or from a file. */
export async function hasAudiences(db: Sql, kind: 'sql' | 'file'): Promise<boolean> {
  return exists(db, sql`SELECT FROM campaigns WHERE removed_at IS NULL AND starts_with(audience, ${`${kind}:`})`);
}

/** Where the clock hangs by which a campaign fired each of these runs; `null`: the campaign fires once. No campaign fired one that is missing. */
export async function campaignZones(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  if (runIds.length === 0) return new Map();
  const rows = await db.$queryRaw<{ runId: string; timeZone: string | null }[]>`
    SELECT f.run_id AS "runId", c.time_zone AS "timeZone" FROM firings f JOIN campaigns c ON c.id = f.campaign_id
    WHERE f.run_id = ANY(${[...runIds]}::text[])`;
  return new Map(rows.map(({ runId, timeZone }) => [runId, timeZone]));
}

/** The latest firings of each of these campaigns, newest first, in one statement; one that is missing has none. */
export async function latestFirings(
  db: Sql,
  campaignIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, FiringView[]>> {
  const rows = await db.$queryRaw<(Omit<FiringView, 'at'> & { campaignId: string; at: Date })[]>`
    SELECT ${columns('campaign_id at status run_id reason version')}, coalesce(replaced_runs, '{}') AS "replacedRuns"
    FROM unnest(${[...campaignIds]}::text[]) AS c (id) CROSS JOIN LATERAL (
      SELECT * FROM firings WHERE firings.campaign_id = c.id ORDER BY at DESC LIMIT ${limit}
    ) AS latest ORDER BY at DESC`;
  const byCampaign = new Map<string, FiringView[]>();
  for (const { campaignId, at, ...firing } of rows) {
    const firings = byCampaign.get(campaignId) ?? [];
    firings.push({ at: at.toISOString(), ...firing });
    byCampaign.set(campaignId, firings);
  }
  return byCampaign;
}

/** The run of each instant that a campaign started one for, newest first. */
export async function runsOfCampaign(db: Sql, campaignId: string): Promise<{ at: Date; runId: string }[]> {
  return db.$queryRaw<{ at: Date; runId: string }[]>`
    SELECT at, run_id AS "runId" FROM firings WHERE campaign_id = ${campaignId} AND run_id IS NOT NULL ORDER BY at DESC`;
}

/** Where a run comes from, by the names that people know. */
export type RunOrigin = {
  /** The campaign that fired it; `null`: none, or one that was removed. */
  campaign: string | null;
  /** Its template's name and language, as `reminder:id`; `null`: it is not known. */
  template: string | null;
  /** The draft that was confirmed as it; `null`: none, or one that was thrown away. */
  draftId: string | null;
};

/** The campaign and the template of a run, by name, and its draft. */
export async function originOf(db: Sql, { id, account, templateDetailId }: RunRow): Promise<RunOrigin> {
  const [origin] = await db.$queryRaw<RunOrigin[]>`
    SELECT (SELECT c.name FROM firings f JOIN campaigns c ON c.id = f.campaign_id WHERE f.run_id = ${id} AND c.removed_at IS NULL) AS campaign,
      (SELECT t.name || ':' || t.language FROM templates t WHERE t.account = ${account} AND t.template_detail_id = ${templateDetailId}) AS template,
      (SELECT d.id::text FROM drafts d WHERE d.run_id = ${id}) AS "draftId"`;
  return origin ?? { campaign: null, template: null, draftId: null };
}

/** The calendars and audiences of campaigns that may fire, each once. */
export async function whatCampaignsUse(db: Sql): Promise<{ calendars: string[]; audiences: string[] }> {
  const rows = await db.$queryRaw<{ calendars: string[] | null; audiences: string[] | null }[]>`
    SELECT array_agg(DISTINCT calendar) FILTER (WHERE calendar IS NOT NULL) AS calendars, array_agg(DISTINCT audience) AS audiences
    FROM campaigns WHERE removed_at IS NULL AND paused_at IS NULL`;
  return { calendars: rows[0]?.calendars ?? [], audiences: rows[0]?.audiences ?? [] };
}
