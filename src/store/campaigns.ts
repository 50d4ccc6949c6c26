import type { CampaignSettings } from '../domain/campaigns/campaign.js';
import type { CatchUp, FiringPlan } from '../domain/campaigns/firing.js';
import { type Fitting, readFitting } from '../domain/columns/column-map.js';
import { parseDelivery } from '../domain/delivery/stored-delivery.js';
import type { ValuePolicy } from '../domain/recipients/value.js';
import { parseRetryAfterFailure } from '../domain/resending/retry-after-failure.js';
import type { Separator } from '../domain/runs/sending.js';
import { type Schedule, withoutSkips } from '../domain/schedules/schedule.js';
import type { CampaignModel, CampaignVersionModel } from '../generated/prisma/models.js';
import { columns, type Fragment, raw, type Sql, sql } from './postgres/sql.js';

export type CampaignRow = CampaignSettings & {
  id: string;
  createdAt: Date;
  /** What was due until then is fired or skipped. */
  decidedUntil: Date;
  pausedAt: Date | null;
  /** Why it was paused, if no operator did it. */
  pausedReason: string | null;
  /** Counts up with each change of its settings; and who made the latest one, if that is known. */
  version: number;
  changedBy: string | null;
  changedAt: Date;
  /** Whether it fires instants that a campaign of its name decided about which was removed. */
  firesAgain: boolean;
};

/** Adds a campaign unless its name is taken by one that wasn't removed; `undefined` then. */
export async function insertCampaign(
  db: Sql,
  id: string,
  settings: CampaignSettings,
  { by, firesAgain }: { by: string | null; firesAgain: boolean },
): Promise<CampaignRow | undefined> {
  const values = storedSettings(settings);
  // What is due from now on counts.
  const rows = await db.$queryRaw<CampaignModel[]>`
    INSERT INTO campaigns (id, name, changed_by, fires_again, decided_until, ${settingColumns})
    VALUES (${id}, ${settings.name}, ${by}, ${firesAgain}, clock_timestamp(), ${values})
    ON CONFLICT DO NOTHING RETURNING ${rowColumns}`;
  return rows[0] && readRow(rows[0]);
}

/**
 * Gives a campaign other settings, as the version after the one that the caller saw, which is kept. Call it under the campaign's
 * lock. Throws when it was removed, or its version is another one.
 */
export async function changeCampaign(
  tx: Sql,
  { id, version }: CampaignRow,
  settings: CampaignSettings,
  { by, at }: { by: string | null; at: Date },
): Promise<CampaignRow> {
  await tx.$executeRaw`
    /* a version is kept */ INSERT INTO campaign_versions (campaign_id, version, changed_by, changed_at, ${settingColumns})
    SELECT id, version, changed_by, changed_at, ${settingColumns}
    FROM campaigns WHERE id = ${id} AND version = ${version} AND removed_at IS NULL`;
  const [changed] = await tx.$queryRaw<CampaignModel[]>`
    UPDATE campaigns SET version = version + 1, changed_by = ${by}, changed_at = ${at}, (${settingColumns}) = ROW(${storedSettings(settings)})
    WHERE id = ${id} AND version = ${version} AND removed_at IS NULL RETURNING ${rowColumns}`;
  if (!changed) throw new Error(`campaign ${id} has another version than ${version} by now, or is removed`);
  return readRow(changed);
}

export async function findCampaign(db: Sql, name: string): Promise<CampaignRow | undefined> {
  return (await standing(db, sql`name = ${name}`))[0];
}

/** All that weren't removed, by name. */
export async function listCampaigns(db: Sql): Promise<CampaignRow[]> {
  return standing(db, sql`true ORDER BY name`);
}

/** A campaign's versions, the latest first. */
export async function versionsOf(
  db: Sql,
  campaign: CampaignRow,
): Promise<Pick<CampaignRow, 'version' | 'changedBy' | 'changedAt' | keyof CampaignSettings>[]> {
  const earlier = await db.$queryRaw<Omit<CampaignVersionModel, 'campaignId'>[]>`
    SELECT version, changed_by AS "changedBy", changed_at AS "changedAt", ${readSettingColumns}
    FROM campaign_versions WHERE campaign_id = ${campaign.id} ORDER BY version DESC LIMIT 100`;
  const { id, name } = campaign;
  return [
    campaign,
    ...earlier.map((row) => ({
      ...{ version: row.version, changedBy: row.changedBy, changedAt: row.changedAt },
      ...readSettings({ ...row, id, name }),
    })),
  ];
}

/** When those fire whose schedule counts, as if they had no skipped date. One statement for all: every worker asks, again and again. */
export async function activePlans(db: Sql): Promise<(FiringPlan & { id: string })[]> {
  type Read = 'id' | 'cron' | 'timeZone' | 'onceAt' | 'prepareAheadMs' | 'catchUp' | 'decidedUntil';
  const rows = await db.$queryRaw<Pick<CampaignModel, Read>[]>`
    SELECT ${columns('id cron time_zone once_at prepare_ahead_ms catch_up decided_until')} FROM campaigns
    WHERE removed_at IS NULL AND paused_at IS NULL`;
  return rows.map((row) => ({
    ...{ id: row.id, schedule: withoutSkips(readSchedule(row)), decidedUntil: row.decidedUntil },
    ...{ prepareAheadMs: Number(row.prepareAheadMs), catchUp: row.catchUp as CatchUp },
  }));
}

/** All that weren't removed, by id. */
export async function standingCampaignIds(db: Sql): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`SELECT id FROM campaigns WHERE removed_at IS NULL ORDER BY id`;
  return rows.map(({ id }) => id);
}

/** The campaign, unless it was removed. */
export async function findStandingCampaign(db: Sql, id: string): Promise<CampaignRow | undefined> {
  return (await standing(db, sql`id = ${id}`))[0];
}

/** The campaign, if its schedule counts. */
export async function findActiveCampaign(db: Sql, id: string): Promise<CampaignRow | undefined> {
  return (await standing(db, sql`id = ${id} AND paused_at IS NULL`))[0];
}

/** The campaign that fired a run, also one that was removed since. */
export async function findCampaignOfRun(db: Sql, runId: string): Promise<CampaignRow | undefined> {
  const rows = await db.$queryRaw<CampaignModel[]>`
    SELECT ${rowColumns} FROM campaigns WHERE id = (SELECT campaign_id FROM firings WHERE run_id = ${runId})`;
  return rows[0] && readRow(rows[0]);
}

/** The lock of a transaction that decides about a campaign's firings, or changes it: one at a time. */
export async function lockCampaign(tx: Sql, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM campaigns WHERE id = ${id} FOR NO KEY UPDATE`;
}

/** The campaign of a name as it stands, locked as `lockCampaign` does; `undefined` if there is none that wasn't removed. */
export async function lockCampaignNamed(tx: Sql, name: string): Promise<CampaignRow | undefined> {
  await tx.$queryRaw`SELECT 1 FROM campaigns WHERE name = ${name} AND removed_at IS NULL FOR NO KEY UPDATE`;
  return findCampaign(tx, name);
}

export async function setDecidedUntil(tx: Sql, id: string, decidedUntil: Date): Promise<void> {
  await tx.$executeRaw`UPDATE campaigns SET decided_until = ${decidedUntil} WHERE id = ${id} AND decided_until < ${decidedUntil}`;
}

/** A schedule that is new counts from now on. What of it was decided already is told by the firings. */
export async function decideAnew(tx: Sql, id: string, since: Date): Promise<void> {
  await tx.$executeRaw`UPDATE campaigns SET decided_until = ${since} WHERE id = ${id}`;
}

/** Its schedule no longer counts, until it is resumed. Pausing twice changes nothing. */
export async function pauseCampaign(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`UPDATE campaigns SET paused_at = clock_timestamp() WHERE id = ${id} AND paused_at IS NULL`;
}

/** Its schedule counts again, from `now` on: what was due while it was paused was not wanted. */
export async function resumeCampaign(tx: Sql, id: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE campaigns SET paused_at = NULL, paused_reason = NULL, decided_until = greatest(decided_until, ${now}::timestamptz)
    WHERE id = ${id} AND paused_at IS NOT NULL`;
}

export async function removeCampaign(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`UPDATE campaigns SET removed_at = clock_timestamp() WHERE id = ${id} AND removed_at IS NULL`;
}

async function standing(db: Sql, which: Fragment): Promise<CampaignRow[]> {
  const rows = await db.$queryRaw<
    CampaignModel[]
  >`SELECT ${rowColumns} FROM campaigns WHERE removed_at IS NULL AND ${which}`;
  return rows.map(readRow);
}

/** The settings of a campaign, and of each version of it, in the order of `storedSettings`. */
const settingColumns =
  raw(`account, template_detail_id, columns, column_map, ignored_columns, separator, value_policy, max_rejected,
  retry_after_failure, audience, cron, once_at, time_zone, prepare_ahead_ms, catch_up, delivery, approval_above, approve_once,
  skip_dates, calendar`);

const readSettingColumns = sql`
  ${columns(`account template_detail_id columns separator max_rejected retry_after_failure audience cron once_at time_zone prepare_ahead_ms
    catch_up delivery approval_above approve_once skip_dates calendar`)}, column_map AS map, ignored_columns AS "ignoreColumns", value_policy AS values`;

const rowColumns = sql`
  ${columns('id name created_at decided_until paused_at paused_reason version changed_by changed_at fires_again')}, ${readSettingColumns}`;

function storedSettings({ schedule, ...of }: CampaignSettings): Fragment {
  const { at, cron, timeZone } =
    'at' in schedule ? { ...schedule, cron: null, timeZone: null } : { ...schedule, at: null };
  const retry = of.retryAfterFailure && JSON.stringify(of.retryAfterFailure);
  return sql`
    ${of.account}, ${of.templateDetailId}::int, ${[...of.columns]}::text[], ${JSON.stringify(of.map)}::jsonb, ${[...of.ignoreColumns]}::text[],
    ${of.separator}, ${of.values}, ${of.maxRejected}::text, ${retry}::jsonb, ${of.audience}, ${cron}::text, ${at}::timestamptz, ${timeZone}::text,
    ${of.prepareAheadMs}::bigint, ${of.catchUp}, ${JSON.stringify(of.delivery)}::jsonb, ${of.approvalAbove}::int, ${of.approveOnce}::boolean,
    ${[...of.skipDates]}::text[], ${of.calendar}::text`;
}

function readRow(row: CampaignModel): CampaignRow {
  const { id, createdAt, decidedUntil, pausedAt, pausedReason, version, changedBy, changedAt, firesAgain } = row;
  return {
    ...{ id, createdAt, decidedUntil, pausedAt, pausedReason, version, changedBy, changedAt, firesAgain },
    ...readSettings(row),
  };
}

/** What a campaign and an earlier version of it have in common in the ledger. */
type StoredSettings = Omit<
  CampaignModel,
  | 'createdAt'
  | 'decidedUntil'
  | 'pausedAt'
  | 'pausedReason'
  | 'removedAt'
  | 'version'
  | 'changedBy'
  | 'changedAt'
  | 'firesAgain'
>;

function readSettings(row: StoredSettings): CampaignSettings {
  const { name, account, templateDetailId, columns, audience } = row;
  return {
    ...{ name, account, templateDetailId, columns, audience },
    separator: row.separator as Separator,
    ...readFittingOf(row),
    values: row.values as ValuePolicy,
    maxRejected: row.maxRejected,
    retryAfterFailure: parseRetryAfterFailure(row.retryAfterFailure),
    delivery: parseDelivery(row.delivery),
    schedule: readSchedule(row),
    ...{ skipDates: row.skipDates, calendar: row.calendar },
    prepareAheadMs: Number(row.prepareAheadMs),
    catchUp: row.catchUp as CatchUp,
    ...{ approvalAbove: row.approvalAbove, approveOnce: row.approveOnce },
  };
}

/** As it was written, but for the order of its letters, which jsonb doesn't keep. */
function readFittingOf(row: { map: unknown; ignoreColumns: readonly string[] }): Fitting {
  return readFitting(row).fitting;
}

/** The table's CHECK lets a campaign have one of the two. */
function readSchedule({
  id,
  cron,
  timeZone,
  onceAt,
}: Pick<StoredSettings, 'id' | 'cron' | 'timeZone' | 'onceAt'>): Schedule {
  if (onceAt) return { at: onceAt };
  if (cron === null || timeZone === null) throw new Error(`campaign ${id} has no schedule`);
  return { cron, timeZone };
}
