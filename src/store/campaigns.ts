import type { CampaignSettings } from '../domain/campaigns/campaign.js';
import type { CatchUp, FiringPlan } from '../domain/campaigns/firing.js';
import { type Fitting, readFitting } from '../domain/columns/column-map.js';
import { parseDelivery } from '../domain/delivery/stored-delivery.js';
import type { ValuePolicy } from '../domain/recipients/value.js';
import { parseRetryAfterFailure } from '../domain/resending/retry-after-failure.js';
import type { Separator } from '../domain/runs/sending.js';
import type { Schedule } from '../domain/schedules/schedule.js';
import type { CampaignModel } from '../generated/prisma/models.js';
import { currentTime, jsonOrNull, type Sql } from './postgres/database.js';

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
  // What is due from now on counts. Prisma's own default would be this machine's clock.
  const decidedUntil = await currentTime(db);
  const rows = await db.campaign.createManyAndReturn({
    data: [{ id, ...storedSettings(settings), name: settings.name, changedBy: by, firesAgain, decidedUntil }],
    skipDuplicates: true,
  });
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
    /* a version is kept */ INSERT INTO campaign_versions (campaign_id, version, changed_by, changed_at, account, template_detail_id, columns, column_map, ignored_columns,
      separator, value_policy, max_rejected, retry_after_failure, audience, cron, once_at, time_zone, prepare_ahead_ms, catch_up, delivery,
      approval_above, approve_once)
    SELECT id, version, changed_by, changed_at, account, template_detail_id, columns, column_map, ignored_columns,
      separator, value_policy, max_rejected, retry_after_failure, audience, cron, once_at, time_zone, prepare_ahead_ms, catch_up, delivery,
      approval_above, approve_once
    FROM campaigns WHERE id = ${id} AND version = ${version} AND removed_at IS NULL`;
  const [changed] = await tx.campaign.updateManyAndReturn({
    where: { id, version, removedAt: null },
    data: { ...storedSettings(settings), version: version + 1, changedBy: by, changedAt: at },
  });
  if (!changed) throw new Error(`campaign ${id} has another version than ${version} by now, or is removed`);
  return readRow(changed);
}

export async function findCampaign(db: Sql, name: string): Promise<CampaignRow | undefined> {
  const row = await db.campaign.findFirst({ where: { name, removedAt: null } });
  return row ? readRow(row) : undefined;
}

/** All that weren't removed, by name. */
export async function listCampaigns(db: Sql): Promise<CampaignRow[]> {
  return (await db.campaign.findMany({ where: { removedAt: null }, orderBy: { name: 'asc' } })).map(readRow);
}

/** A campaign's versions, the latest first. */
export async function versionsOf(
  db: Sql,
  campaign: CampaignRow,
): Promise<Pick<CampaignRow, 'version' | 'changedBy' | 'changedAt' | keyof CampaignSettings>[]> {
  const earlier = await db.campaignVersion.findMany({
    where: { campaignId: campaign.id },
    orderBy: { version: 'desc' },
    take: 100,
  });
  const { id, name } = campaign;
  return [
    campaign,
    ...earlier.map((row) => ({
      ...{ version: row.version, changedBy: row.changedBy, changedAt: row.changedAt },
      ...readSettings({ ...row, id, name }),
    })),
  ];
}

/** When those fire whose schedule counts. One statement for all: every worker asks, again and again. */
export async function activePlans(db: Sql): Promise<(FiringPlan & { id: string })[]> {
  const rows = await db.campaign.findMany({
    where: { removedAt: null, pausedAt: null },
    select: {
      ...{ id: true, cron: true, timeZone: true, onceAt: true },
      ...{ prepareAheadMs: true, catchUp: true, decidedUntil: true },
    },
  });
  return rows.map((row) => ({
    ...{ id: row.id, schedule: readSchedule(row), decidedUntil: row.decidedUntil },
    ...{ prepareAheadMs: Number(row.prepareAheadMs), catchUp: row.catchUp as CatchUp },
  }));
}

/** All that weren't removed, by id. */
export async function standingCampaignIds(db: Sql): Promise<string[]> {
  const rows = await db.campaign.findMany({ where: { removedAt: null }, select: { id: true }, orderBy: { id: 'asc' } });
  return rows.map(({ id }) => id);
}

/** The campaign, unless it was removed. */
export async function findStandingCampaign(db: Sql, id: string): Promise<CampaignRow | undefined> {
  const row = await db.campaign.findFirst({ where: { id, removedAt: null } });
  return row ? readRow(row) : undefined;
}

/** The campaign, if its schedule counts. */
export async function findActiveCampaign(db: Sql, id: string): Promise<CampaignRow | undefined> {
  const row = await db.campaign.findFirst({ where: { id, removedAt: null, pausedAt: null } });
  return row ? readRow(row) : undefined;
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

function storedSettings({ schedule, name: _, ...settings }: CampaignSettings) {
  const isOnce = 'at' in schedule;
  return {
    ...settings,
    ...{ columns: [...settings.columns], ignoreColumns: [...settings.ignoreColumns] },
    retryAfterFailure: jsonOrNull(settings.retryAfterFailure),
    onceAt: isOnce ? schedule.at : null,
    cron: isOnce ? null : schedule.cron,
    timeZone: isOnce ? null : schedule.timeZone,
  };
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
