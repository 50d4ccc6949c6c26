import { randomInt } from 'node:crypto';
import { absoluteAudience, checkAudience } from '../../audience/check-audience.js';
import type { Context } from '../../context.js';
import { formatAudience, parseAudience } from '../../domain/campaigns/audience.js';
import { type CampaignRequest, type CampaignSettings, readCampaign } from '../../domain/campaigns/campaign.js';
import type { CatchUp } from '../../domain/campaigns/firing.js';
import type { ColumnMap } from '../../domain/columns/column-map.js';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/phone-number.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { Delivery } from '../../domain/runs/delivery.js';
import { settingDifferences } from '../../domain/runs/run.js';
import type { Separator } from '../../domain/runs/sending.js';
import { isOccurrence } from '../../domain/timing/schedule.js';
import { CampaignExistsError, NotFoundError, UsageError } from '../../errors.js';
import {
  type CampaignRow,
  findCampaign,
  insertCampaign,
  listCampaigns,
  lockCampaignNamed,
  pauseCampaign,
  resumeCampaign,
  versionsOf,
} from '../../store/campaigns.js';
import { currentTime, type Sql } from '../../store/database.js';
import { decidedAhead, type FiringView, insertRepeated, latestFirings } from '../../store/firings.js';
import type { IfState } from '../../store/states.js';
import { requireAsSeen } from '../../store/states.js';
import { refuseWhileForgetful } from '../check-ledger.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { patiently } from '../patience.js';
import { requireAccount } from '../require-account.js';
import { audienceMeans } from './audience-means.js';
import { decidedBefore, firedAs, skipUndecided, startFiring, wasPaused } from './fire.js';
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

export type AddOptions = {
  /**
   * Fires instants, too, that a campaign of this name has decided about which was removed. They are skipped otherwise, as their
   * people may have been messaged. It counts when the campaign is added. Default false.
   */
  again?: boolean | undefined;
  /** Who adds it; kept with its first version. */
  by?: string | undefined;
};

/**
 * Adds a campaign, or finds the one of this name if it is the same. Its audience is tried: a file has to be there, a query
 * has to be a single SELECT with the campaign's columns. Instants that a campaign of this name decided about before are skipped.
 * @throws {UsageError} naming each wrong setting. @throws {CampaignExistsError} when the name's campaign is another one.
 * @throws {SiaranError} `LEDGER_WENT_BACK` until that is repaired.
 */
export async function addCampaign(
  ctx: Context,
  request: CampaignRequest,
  { again: firesAgain = false, by }: AddOptions = {},
): Promise<CampaignView & { existed: boolean }> {
  await refuseOtherDatabase(ctx);
  const reading = readCampaign(request, await currentTime(ctx.db));
  if (!reading.ok) {
    const faults = reading.faults.map((fault) => `  ${fault}`).join('\n');
    throw new UsageError(`The campaign can't be added:\n${faults}`);
  }
  await requireAccount(ctx, reading.settings.account);
  const settings = await checkedAudience(ctx, reading.settings);
  const added = await ctx.db.$transaction(async (tx) => {
    await refuseWhileForgetful(tx);
    const campaign = await insertCampaign(tx, newCampaignId(), settings, { by: by ?? null, firesAgain });
    if (campaign && !firesAgain) await skipDecided(tx, campaign);
    return campaign;
  });
  if (added) return { ...(await viewRow(ctx, added)), existed: false };
  const existing = await requireCampaign(ctx, settings.name);
  const differences = settingDifferences(settingsOf(existing), settings);
  if (differences.length > 0) throw new CampaignExistsError(settings.name, differences.map(withoutAudience));
  return { ...(await viewRow(ctx, existing)), existed: true };
}

/** What a campaign of this name that was removed has decided about isn't decided again; whoever looks at the new one sees that. */
async function skipDecided(tx: Sql, campaign: CampaignRow): Promise<void> {
  for (const before of await decidedAhead(tx, campaign, campaign.decidedUntil))
    if (isOccurrence(campaign.schedule, before.at))
      await insertRepeated(tx, campaign, before.at, decidedBefore(before));
}

/** A query may hold what isn't for everybody's eyes. */
function withoutAudience(difference: string): string {
  return difference.startsWith('audience was ') ? 'its audience is another one' : difference;
}

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

/** Stops a campaign's schedule. Runs that were started go on. @throws {NotFoundError} */
export function pauseCampaignNamed(ctx: Context, name: string, seen: IfState = {}): Promise<void> {
  return changeNamed(ctx, name, seen, (tx, { id }) => pauseCampaign(tx, id));
}

/** Lets a paused campaign's schedule count again; what was due meanwhile is not made up for, but noted. @throws {NotFoundError} */
export function resumeCampaignNamed(ctx: Context, name: string, seen: IfState = {}): Promise<void> {
  return changeNamed(ctx, name, seen, async (tx, campaign) => {
    if (!campaign.pausedAt) return;
    const now = await currentTime(tx);
    await skipUndecided(tx, campaign, now, wasPaused);
    await resumeCampaign(tx, campaign.id, now);
  });
}

/** Changes the campaign of a name under its lock, if it is as the caller saw it. */
async function changeNamed<T>(
  ctx: Context,
  name: string,
  { ifState }: IfState,
  change: (tx: Sql, campaign: CampaignRow) => Promise<T>,
): Promise<T> {
  return ctx.db.$transaction(async (tx) => {
    const campaign = await lockNamed(tx, name);
    await requireAsSeen(tx, 'campaign', name, ifState);
    return change(tx, campaign);
  });
}

async function lockNamed(tx: Sql, name: string): Promise<CampaignRow> {
  const campaign = await lockCampaignNamed(tx, name);
  if (!campaign) throw new NotFoundError('campaign', name);
  return campaign;
}

/**
 * Fires a campaign now, whatever its schedule says. Workers read its audience.
 * @param asOf when somebody decided to; asked again with the same instant, it gives the same run, whatever was seen. @throws {NotFoundError}
 * @throws {ChangedMeanwhileError} when the campaign isn't as it was seen, or has fired since.
 */
export async function fireCampaign(
  ctx: Context,
  name: string,
  asOf?: Date,
  seen: IfState = {},
): Promise<{ runId: string }> {
  const at = asOf ?? (await patiently(ctx, () => currentTime(ctx.db)));
  // The same instant each time that it is tried: a commit whose answer was lost must not become two runs.
  const runId = await patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const campaign = await lockNamed(tx, name);
      // Before what was seen is compared: the first time that it was asked has changed that.
      const known = await firedAs(tx, campaign, at);
      if (known !== undefined) return known;
      await requireAsSeen(tx, 'campaign', name, seen.ifState);
      return startFiring(tx, campaign, at, null);
    }),
  );
  return { runId };
}

export async function requireCampaign(ctx: Context, name: string): Promise<CampaignRow> {
  const campaign = await findCampaign(ctx.db, name);
  if (!campaign) throw new NotFoundError('campaign', name);
  return campaign;
}

/** A worker's folder is another one than the caller's, so that a file's path becomes absolute. */
export async function checkedAudience(ctx: Context, settings: CampaignSettings): Promise<CampaignSettings> {
  const parsed = parseAudience(settings.audience);
  if (!parsed.ok) throw new UsageError(`audience: ${parsed.reason}`);
  const audience = absoluteAudience(parsed.audience);
  await checkAudience(audience, settings.columns, audienceMeans(ctx), settings);
  return { ...settings, audience: formatAudience(audience) };
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

/** What of a campaign somebody has set. */
export function settingsOf(campaign: CampaignSettings): CampaignSettings {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, delivery } = campaign;
  const { map, ignoreColumns, audience, schedule, prepareAheadMs, catchUp } = campaign;
  return {
    ...{ name, account, templateDetailId, columns, separator, values, maxRejected, delivery },
    ...{ map, ignoreColumns, audience, schedule, prepareAheadMs, catchUp },
  };
}

function newCampaignId(): string {
  return `c${randomInt(2 ** 40).toString(36)}`;
}
