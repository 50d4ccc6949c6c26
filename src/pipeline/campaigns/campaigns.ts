import { randomInt } from 'node:crypto';
import { checkAudience } from '../../audience/check-audience.js';
import type { Context } from '../../context.js';
import { formatAudience, parseAudience } from '../../domain/campaigns/audience.js';
import { type CampaignRequest, type CampaignSettings, readCampaign } from '../../domain/campaigns/campaign.js';
import { settingDifferences } from '../../domain/runs/run.js';
import { isOccurrence, withoutSkips } from '../../domain/schedules/schedule.js';
import { CampaignExistsError, NotFoundError, UnconfirmedError, UsageError } from '../../errors.js';
import {
  type CampaignRow,
  insertCampaign,
  lockCampaignNamed,
  pauseCampaign,
  resumeCampaign,
} from '../../store/campaigns.js';
import { decidedAhead, findFired, insertRepeated } from '../../store/firings.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import type { IfState } from '../../store/states.js';
import { requireAsSeen } from '../../store/states.js';
import { refuseWhileForgetful } from '../check-ledger.js';
import { requireCalendar } from '../firing-schedule.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { patiently, Tries } from '../patience.js';
import { requireAccount } from '../require-account.js';
import { starterOf } from '../starter-of.js';
import { audienceMeans } from './audience-means.js';
import { campaignById } from './campaign-template.js';
import { decidedBefore, skipUndecided, startFiring, wasPaused } from './fire.js';
import { type CampaignView, requireCampaign, settingsOf, viewRow, withoutAudience } from './view-campaign.js';

/** How a campaign is added. */
export type AddOptions = {
  /**
   * Also fires the instants that a removed campaign of this name has fired or skipped. Default false: they are skipped, as their
   * recipients may have been messaged. It has no effect on a campaign that exists.
   */
  again?: boolean | undefined;
  /** Who adds it; kept with its first version. Default: `SIARAN_ACTOR`. */
  by?: string | undefined;
};

/** A campaign that was added, or found. */
export type AddedCampaign = CampaignView & {
  /** Whether it existed before; then nothing was changed. */
  existed: boolean;
};

/** A campaign that was fired by hand. */
export type FiredCampaign = {
  /** The run that was started. */
  runId: string;
};

/**
 * Adds a campaign, or finds the one of this name if it is the same. Its audience is tried: a file has to be there, a query
 * has to be a single SELECT with the campaign's columns. Instants that a campaign of this name decided about before are skipped.
 * @param signal gives up trying the audience. @throws {UsageError} naming each wrong setting. @throws {CampaignExistsError} when the name's campaign is another one.
 * @throws {SiaranError} `LEDGER_WENT_BACK` until that is repaired.
 */
export async function addCampaign(
  ctx: Context,
  request: CampaignRequest,
  { again: firesAgain = false, by }: AddOptions = {},
  signal?: AbortSignal,
): Promise<AddedCampaign> {
  await refuseOtherDatabase(ctx);
  const settings = await readNewCampaign(ctx, request, signal);
  const added = await ctx.db.$transaction(async (tx) => {
    await refuseWhileForgetful(tx);
    const campaign = await insertCampaign(tx, newCampaignId(), settings, { by: by ?? ctx.config.actor, firesAgain });
    if (campaign && !firesAgain) await skipDecided(tx, campaign);
    return campaign;
  });
  if (added) return { ...(await viewRow(ctx, added)), existed: false };
  const existing = await requireCampaign(ctx, settings.name);
  const differences = settingDifferences(settingsOf(existing), settings);
  if (differences.length > 0) throw new CampaignExistsError(settings.name, differences.map(withoutAudience));
  return { ...(await viewRow(ctx, existing)), existed: true };
}

/** The settings of a campaign that is to be added, when they and its audience are right. @throws {UsageError} naming each wrong setting. */
export async function readNewCampaign(
  ctx: Context,
  request: CampaignRequest,
  signal: AbortSignal | undefined,
): Promise<CampaignSettings> {
  const reading = readCampaign(await campaignById(ctx, request), await currentTime(ctx.db));
  if (!reading.ok) {
    const faults = reading.faults.map((fault) => `  ${fault}`).join('\n');
    throw new UsageError(`The campaign can't be added:\n${faults}`);
  }
  requireCalendar(ctx, reading.settings);
  await requireAccount(ctx, reading.settings.account);
  return checkedAudience(ctx, reading.settings, signal);
}

/** Skips the instants that a removed campaign of this name has decided about. The new campaign's firings show that. */
async function skipDecided(tx: Sql, campaign: CampaignRow): Promise<void> {
  for (const before of await decidedAhead(tx, campaign, campaign.decidedUntil))
    if (isOccurrence(withoutSkips(campaign.schedule), before.at))
      await insertRepeated(tx, campaign, before.at, decidedBefore(before));
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
 * @param asOf when an operator decided to fire it. Called again with the same instant, it returns the same run. @throws {NotFoundError}
 * @throws {ChangedMeanwhileError} when the campaign isn't as it was seen, or has fired since.
 */
export async function fireCampaign(
  ctx: Context,
  name: string,
  asOf?: Date,
  seen: IfState = {},
): Promise<FiredCampaign> {
  const at = asOf ?? (await patiently(ctx, () => currentTime(ctx.db)));
  // The same instant each time that it is tried: a commit whose answer was lost must not become two runs.
  const tries = new Tries();
  const fire = () =>
    ctx.db.$transaction(async (tx) => {
      const campaign = await lockNamed(tx, name);
      // Before what was seen is compared: the first time that it was asked has changed that.
      const known = await findFired(tx, campaign, at);
      if (known !== undefined) return known;
      await requireAsSeen(tx, 'campaign', name, seen.ifState);
      return startFiring(tx, campaign, at, null, starterOf(ctx, campaign));
    });
  const runId = await patiently(ctx, () => tries.note(fire())).catch((error: unknown) => {
    throw tries.isUnclear ? unconfirmed(name, asOf, error) : error;
  });
  return { runId };
}

function unconfirmed(name: string, asOf: Date | undefined, cause: unknown): UnconfirmedError {
  const advice =
    asOf === undefined
      ? 'To fire it again may message its recipients twice: look first whether it has a new run.'
      : 'Ask again for the same instant: that gives its run, and no second one.';
  const what = `campaign ${JSON.stringify(name)} was fired`;
  return new UnconfirmedError(what, { advice, retryable: asOf !== undefined, cause });
}

/** The same settings, when their audience can be read here and has their columns. */
export async function checkedAudience(
  ctx: Context,
  settings: CampaignSettings,
  signal: AbortSignal | undefined,
): Promise<CampaignSettings> {
  const parsed = parseAudience(settings.audience);
  if (!parsed.ok) throw new UsageError(`audience: ${parsed.reason}`);
  await checkAudience(parsed.audience, settings.columns, audienceMeans(ctx, signal), settings);
  return { ...settings, audience: formatAudience(parsed.audience) };
}

function newCampaignId(): string {
  return `c${randomInt(2 ** 40).toString(36)}`;
}
