import type { CampaignSettings } from '../domain/campaign.js';
import { type Fitting, readFitting } from '../domain/column-map.js';
import type { CatchUp } from '../domain/firing.js';
import type { Schedule } from '../domain/schedule.js';
import type { Separator } from '../domain/sending.js';
import { parseDelivery } from '../domain/stored-delivery.js';
import type { ValuePolicy } from '../domain/value.js';
import type { CampaignModel } from '../generated/prisma/models.js';
import type { Sql } from './database.js';

export type CampaignRow = CampaignSettings & {
  id: string;
  createdAt: Date;
  /** What was due until then is fired or skipped. */
  decidedUntil: Date;
  pausedAt: Date | null;
};

/** Adds a campaign unless its name is taken by one that wasn't removed; `undefined` then. */
export async function insertCampaign(
  db: Sql,
  id: string,
  { schedule, ...settings }: CampaignSettings,
): Promise<CampaignRow | undefined> {
  const when = 'at' in schedule ? { onceAt: schedule.at } : { cron: schedule.cron, timeZone: schedule.timeZone };
  const rows = await db.campaign.createManyAndReturn({
    data: [{ id, ...settings, ...when, columns: [...settings.columns], ignoreColumns: [...settings.ignoreColumns] }],
    skipDuplicates: true,
  });
  return rows[0] && readRow(rows[0]);
}

export async function findCampaign(db: Sql, name: string): Promise<CampaignRow | undefined> {
  const row = await db.campaign.findFirst({ where: { name, removedAt: null } });
  return row ? readRow(row) : undefined;
}

/** All that weren't removed, by name. */
export async function listCampaigns(db: Sql): Promise<CampaignRow[]> {
  return (await db.campaign.findMany({ where: { removedAt: null }, orderBy: { name: 'asc' } })).map(readRow);
}

/** Those whose schedule counts. */
export async function activeCampaignIds(db: Sql): Promise<string[]> {
  const rows = await db.campaign.findMany({ where: { removedAt: null, pausedAt: null }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** The campaign, if its schedule counts. */
export async function findActiveCampaign(db: Sql, id: string): Promise<CampaignRow | undefined> {
  const row = await db.campaign.findFirst({ where: { id, removedAt: null, pausedAt: null } });
  return row ? readRow(row) : undefined;
}

/** For whoever decides about a campaign's firings: one at a time. */
export async function lockCampaign(tx: Sql, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM campaigns WHERE id = ${id} FOR NO KEY UPDATE`;
}

export async function setDecidedUntil(tx: Sql, id: string, decidedUntil: Date): Promise<void> {
  await tx.$executeRaw`UPDATE campaigns SET decided_until = ${decidedUntil} WHERE id = ${id} AND decided_until < ${decidedUntil}`;
}

/** Its schedule no longer counts, until it is resumed. Pausing twice changes nothing. */
export async function pauseCampaign(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`UPDATE campaigns SET paused_at = clock_timestamp() WHERE id = ${id} AND paused_at IS NULL`;
}

/** Its schedule counts again, from now on: what was due while it was paused was not wanted. */
export async function resumeCampaign(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE campaigns SET paused_at = NULL, decided_until = greatest(decided_until, clock_timestamp())
    WHERE id = ${id} AND paused_at IS NOT NULL`;
}

export async function removeCampaign(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`UPDATE campaigns SET removed_at = clock_timestamp() WHERE id = ${id} AND removed_at IS NULL`;
}

function readRow(row: CampaignModel): CampaignRow {
  const { id, name, account, templateDetailId, columns, audience, createdAt, decidedUntil, pausedAt } = row;
  return {
    ...{ id, name, account, templateDetailId, columns, audience, createdAt, decidedUntil, pausedAt },
    separator: row.separator as Separator,
    ...readFittingOf(row),
    values: row.values as ValuePolicy,
    maxRejected: row.maxRejected,
    delivery: parseDelivery(row.delivery),
    schedule: readSchedule(row),
    prepareAheadMs: Number(row.prepareAheadMs),
    catchUp: row.catchUp as CatchUp,
  };
}

/** As it was written, but for the order of its letters, which jsonb doesn't keep. */
export function readFittingOf(row: { map: unknown; ignoreColumns: readonly string[] }): Fitting {
  return readFitting(row).fitting;
}

/** The table's CHECK lets a campaign have one of the two. */
function readSchedule({ id, cron, timeZone, onceAt }: CampaignModel): Schedule {
  if (onceAt) return { at: onceAt };
  if (cron === null || timeZone === null) throw new Error(`campaign ${id} has no schedule`);
  return { cron, timeZone };
}
