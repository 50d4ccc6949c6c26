import type { Context } from '../../context.js';
import type { CampaignSettings } from '../../domain/campaigns/campaign.js';
import type { CatchUp } from '../../domain/campaigns/firing.js';
import { whyNobodyFires } from '../../domain/campaigns/why-nobody-fires.js';
import type { ColumnMap } from '../../domain/columns/column-map.js';
import type { Delivery } from '../../domain/delivery/delivery.js';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { RetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { settingDifferences } from '../../domain/runs/run.js';
import type { Separator } from '../../domain/runs/sending.js';
import { NotFoundError } from '../../errors.js';
import { type CampaignRow, findCampaign, listCampaigns, versionsOf } from '../../store/campaigns.js';
import { type FiringView, failedFirings, latestFirings } from '../../store/views/firing-views.js';
import { findFiringSchedule } from '../firing-schedule.js';
import { calendarsNobodyHas } from '../views/disagreements.js';
import { unlessRedisIsAway } from '../views/unless-redis-is-away.js';
import { viewComingFirings } from './coming-firings.js';

/** A campaign as it stands. Instants are ISO 8601 in UTC, durations milliseconds. */
export type CampaignView = {
  /** The campaign's name, which no other has. */
  name: string;
  /** The Qiscus account that its runs go out through. */
  account: string;
  /** `done`: its schedule was a single instant, which was fired or skipped. */
  status: 'active' | 'paused' | 'done';
  /** Why it is paused, if no operator did it: a run of it was held, as its template doesn't get through. */
  pausedReason: string | null;
  /** The template's id at Qiscus. */
  templateDetailId: number;
  /** The columns of its runs. */
  columns: readonly string[];
  /** Which column each head of its audience becomes. */
  map: ColumnMap;
  /** Heads of its audience that are left out. */
  ignoreColumns: readonly string[];
  /** The separator of the CSV files that are sent. */
  separator: Separator;
  /** What becomes of rows with values that WhatsApp refuses. */
  values: ValuePolicy;
  /** How many rows of a firing may be rejected, as `250` or `1%`; `null`: any number. */
  maxRejected: string | null;
  /** Whom workers send to again once a run of it has ended; `null`: nobody. */
  retryAfterFailure: RetryAfterFailure | null;
  /** Where its recipients come from: `file:PATH`, `sql:QUERY`, `function:NAME` or `named:NAME`. */
  audience: string;
  /** Five cron fields, or one instant. */
  schedule: string;
  /** The time zone of its cron, IANA; `null`: its schedule is an instant. */
  timeZone: string | null;
  /** Dates of its time zone on which it does not fire, as `2027-01-01`. */
  skipDates: readonly string[];
  /** The calendar on whose dates it does not fire either; `null`: none. */
  calendar: string | null;
  /** What is wrong with that calendar, such as that it ends before the next firings; `null`: nothing. */
  calendarWarning: string | null;
  /** How long before an instant its audience is read. */
  prepareAheadMs: number;
  /** A run with more people goes out only once somebody else has approved it; 0: every run; `null`: as its account says. */
  approvalAbove: number | null;
  /** Whether one approval is for all runs of its version. */
  approveOnce: boolean;
  /** Which firings that were missed while no worker ran are fired late. */
  catchUp: CatchUp;
  /** How its runs' batches reach their recipients. */
  delivery: Delivery;
  /** When it was added. */
  createdAt: string;
  /** 1 when it is added, and one more with each change. */
  version: number;
  /** When it was changed last, or added. */
  changedAt: string;
  /** Who changed it last, or added it; `null`: that isn't known. */
  changedBy: string | null;
  /** When it fires next; `null` when it doesn't, or while it is paused. */
  nextAt: string | null;
  /** The next instants that it fires at, at most five, `nextAt` among them. */
  firesNext: string[];
  /** What is skipped before the last of these: the first instant of each date, with the reason. */
  skipsNext: {
    /** The instant. */
    at: string;
    /** Why: what the date is called and in which calendar, or that the campaign skips it. */
    reason: string;
  }[];
  /** Why nobody gets anything of it until somebody mends it; `null`: that isn't so, as far as is known. */
  failing: {
    /** The firing whose audience couldn't be read, ISO 8601 in UTC; `null`: no worker fires it. */
    at: string | null;
    /** What was noted of it. */
    reason: string | null;
  } | null;
  /** What became of its latest firings, at most ten, newest first. */
  firings: FiringView[];
};

const firingsShown = 10;

const firingsForetold = 5;

/** All campaigns by name. */
export async function viewCampaigns(ctx: Context): Promise<CampaignView[]> {
  return viewRows(ctx, await listCampaigns(ctx.db));
}

/** @throws {NotFoundError} */
export async function viewCampaign(ctx: Context, name: string): Promise<CampaignView> {
  return viewRow(ctx, await requireCampaign(ctx, name));
}

/** One version of a campaign's settings. */
export type CampaignVersionView = {
  /** The version's number, from 1. */
  version: number;
  /** When it came to be, ISO 8601 in UTC. */
  at: string;
  /** Who made it; `null`: that isn't known. */
  by: string | null;
  /** What it changed, a text each; empty for the first. */
  changes: string[];
};

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
  const [view] = await viewRows(ctx, [campaign]);
  if (!view) throw new Error(`campaign ${campaign.id} has no view`);
  return view;
}

async function viewRows(ctx: Context, campaigns: readonly CampaignRow[]): Promise<CampaignView[]> {
  const ids = campaigns.map(({ id }) => id);
  const [failing, firings] = await Promise.all([findFailing(ctx, campaigns), latestFirings(ctx.db, ids, firingsShown)]);
  return Promise.all(
    campaigns.map((campaign) =>
      viewOne(ctx, campaign, { failing: failing.get(campaign.id) ?? null, firings: firings.get(campaign.id) ?? [] }),
    ),
  );
}

type Failing = NonNullable<CampaignView['failing']>;

/** Why these campaigns fail, by their ids; one that is missing doesn't, as far as is known. */
async function findFailing(ctx: Context, campaigns: readonly CampaignRow[]): Promise<ReadonlyMap<string, Failing>> {
  const calendarOf = ({ pausedAt, calendar }: CampaignRow) => (pausedAt ? null : calendar);
  const calendars = campaigns.map(calendarOf).filter((calendar) => calendar !== null);
  const [failed, lacking] = await Promise.all([
    failedFirings(
      ctx.db,
      campaigns.map(({ id }) => id),
    ),
    unlessRedisIsAway(calendarsNobodyHas(ctx, calendars), new Set<string>()),
  ]);
  const failing = new Map<string, Failing>();
  for (const campaign of campaigns) {
    const [calendar, firing] = [calendarOf(campaign), failed.get(campaign.id)];
    if (calendar !== null && lacking.has(calendar))
      failing.set(campaign.id, { at: null, reason: whyNobodyFires(calendar) });
    else if (firing) failing.set(campaign.id, { at: firing.at.toISOString(), reason: firing.reason });
  }
  return failing;
}

async function viewOne(
  ctx: Context,
  campaign: CampaignRow,
  known: Pick<CampaignView, 'failing' | 'firings'>,
): Promise<CampaignView> {
  const { name, account, templateDetailId, columns, map, ignoreColumns, separator, audience, schedule } = campaign;
  const { values, maxRejected, retryAfterFailure } = campaign;
  const { prepareAheadMs, catchUp, approvalAbove, approveOnce, delivery, skipDates, calendar } = campaign;
  const { fires, skipped, calendarWarning } = await viewComingFirings(ctx, campaign, firingsForetold);
  const next = fires.map((at) => at.toISOString());
  const isGoingOn = next.length > 0 || !findFiringSchedule(ctx, campaign);
  return {
    name,
    account,
    status: campaign.pausedAt ? 'paused' : isGoingOn ? 'active' : 'done',
    pausedReason: campaign.pausedReason,
    ...{ templateDetailId, columns, map, ignoreColumns, separator, values, maxRejected, retryAfterFailure, audience },
    schedule: 'at' in schedule ? schedule.at.toISOString() : schedule.cron,
    timeZone: 'at' in schedule ? null : schedule.timeZone,
    ...{ skipDates, calendar, calendarWarning },
    ...{ prepareAheadMs, catchUp, approvalAbove, approveOnce, delivery },
    createdAt: campaign.createdAt.toISOString(),
    version: campaign.version,
    changedAt: campaign.changedAt.toISOString(),
    changedBy: campaign.changedBy,
    nextAt: (campaign.pausedAt ? null : next[0]) ?? null,
    firesNext: campaign.pausedAt ? [] : next,
    skipsNext: campaign.pausedAt ? [] : skipped.map(({ at, reason }) => ({ at: at.toISOString(), reason })),
    ...known,
  };
}

/** A query may hold what isn't for everybody's eyes. */
export function withoutAudience(difference: string): string {
  return difference.startsWith('audience was ') ? 'its audience is another one' : difference;
}

/** A campaign's settings, without its state. */
export function settingsOf(campaign: CampaignSettings): CampaignSettings {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, delivery } = campaign;
  const { map, ignoreColumns, audience, schedule, prepareAheadMs, catchUp, retryAfterFailure } = campaign;
  const { approvalAbove, approveOnce, skipDates, calendar } = campaign;
  return {
    ...{ name, account, templateDetailId, columns, separator, values, maxRejected, delivery },
    ...{ map, ignoreColumns, audience, schedule, prepareAheadMs, catchUp, retryAfterFailure },
    ...{ approvalAbove, approveOnce, skipDates, calendar },
  };
}
