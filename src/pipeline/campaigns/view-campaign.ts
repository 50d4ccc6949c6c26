import type { Context } from '../../context.js';
import type { CampaignSettings } from '../../domain/campaigns/campaign.js';
import type { CatchUp } from '../../domain/campaigns/firing.js';
import type { ColumnMap } from '../../domain/columns/column-map.js';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { Delivery } from '../../domain/runs/delivery.js';
import { settingDifferences } from '../../domain/runs/run.js';
import type { Separator } from '../../domain/runs/sending.js';
import { NotFoundError } from '../../errors.js';
import { type CampaignRow, findCampaign, listCampaigns, versionsOf } from '../../store/campaigns.js';
import { type FiringView, latestFirings } from '../../store/firings.js';
import { nextInstants } from './next-instants.js';

/** A campaign as it stands. Instants are ISO 8601 in UTC, durations milliseconds. */
export type CampaignView = {
  name: string;
  account: string;
  /** `done`: a single instant that was fired or skipped. */
  status: 'active' | 'paused' | 'done';
  templateDetailId: number;
  columns: readonly string[];
  /** Which columns the heads of its audience stand for, and which heads are left out. */
  map: ColumnMap;
  ignoreColumns: readonly string[];
  separator: Separator;
  /** What becomes of values that WhatsApp refuses. */
  values: ValuePolicy;
  /** How many rejected rows a firing bears, as `250` or `1%`; `null`: any number. */
  maxRejected: string | null;
  audience: string;
  schedule: string;
  timeZone: string | null;
  prepareAheadMs: number;
  catchUp: CatchUp;
  delivery: Delivery;
  createdAt: string;
  /** Counts up with each change. What a caller saw is told by it. */
  version: number;
  /** When it was changed last, or added; and by whom, if that is known. */
  changedAt: string;
  changedBy: string | null;
  /** When it fires next; `null` when it doesn't, or while it is paused. */
  nextAt: string | null;
  /** The same and up to four more. */
  firesNext: string[];
  /** What became of its latest firings, newest first. */
  firings: FiringView[];
};

const firingsShown = 10;

const firingsForetold = 5;

/** All campaigns by name. */
export async function viewCampaigns(ctx: Context): Promise<CampaignView[]> {
  return Promise.all((await listCampaigns(ctx.db)).map((campaign) => viewRow(ctx, campaign)));
}

/** @throws {NotFoundError} */
export async function viewCampaign(ctx: Context, name: string): Promise<CampaignView> {
  return viewRow(ctx, await requireCampaign(ctx, name));
}

/** A version of a campaign: when it came, by whom if that is known, and what it changed, a text each. */
export type CampaignVersionView = { version: number; at: string; by: string | null; changes: string[] };

/** A campaign's versions, the latest first. @throws {NotFoundError} */
export async function viewCampaignVersions(ctx: Context, name: string): Promise<CampaignVersionView[]> {
  const versions = await versionsOf(ctx.db, await requireCampaign(ctx, name));
  return versions.map((row, at) => {
    const before = versions[at + 1];
    const changes = before ? differencesOf(before, row) : [];
    return { version: row.version, at: row.changedAt.toISOString(), by: row.changedBy, changes };
  });
}

/** What differs, a text each. A query may hold what isn't for everybody's eyes, and a text of others a number. */
export function differencesOf(before: CampaignSettings, after: CampaignSettings): string[] {
  return settingDifferences(settingsOf(before), settingsOf(after)).map((difference) =>
    maskNumbersBesideDatesIn(withoutAudience(difference)),
  );
}

export async function requireCampaign(ctx: Context, name: string): Promise<CampaignRow> {
  const campaign = await findCampaign(ctx.db, name);
  if (!campaign) throw new NotFoundError('campaign', name);
  return campaign;
}

export async function viewRow(ctx: Context, campaign: CampaignRow): Promise<CampaignView> {
  const { name, account, templateDetailId, columns, map, ignoreColumns, separator, audience, schedule } = campaign;
  const { values, maxRejected } = campaign;
  const { prepareAheadMs, catchUp, delivery } = campaign;
  const next = (await nextInstants(ctx, campaign, firingsForetold)).map((at) => at.toISOString());
  return {
    name,
    account,
    status: campaign.pausedAt ? 'paused' : next.length > 0 ? 'active' : 'done',
    ...{ templateDetailId, columns, map, ignoreColumns, separator, values, maxRejected, audience },
    schedule: 'at' in schedule ? schedule.at.toISOString() : schedule.cron,
    timeZone: 'at' in schedule ? null : schedule.timeZone,
    ...{ prepareAheadMs, catchUp, delivery },
    createdAt: campaign.createdAt.toISOString(),
    version: campaign.version,
    changedAt: campaign.changedAt.toISOString(),
    changedBy: campaign.changedBy,
    nextAt: (campaign.pausedAt ? null : next[0]) ?? null,
    firesNext: campaign.pausedAt ? [] : next,
    firings: await latestFirings(ctx.db, campaign.id, firingsShown),
  };
}

/** A query may hold what isn't for everybody's eyes. */
export function withoutAudience(difference: string): string {
  return difference.startsWith('audience was ') ? 'its audience is another one' : difference;
}

/** What of a campaign somebody has set. */
export function settingsOf(campaign: CampaignSettings): CampaignSettings {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, delivery } = campaign;
  const { map, ignoreColumns, audience, schedule, prepareAheadMs, catchUp } = campaign;
  return {
    ...{ name, account, templateDetailId, columns, separator, values, maxRejected, delivery },
    ...{ map, ignoreColumns, audience, schedule, prepareAheadMs, catchUp },
  };
}
