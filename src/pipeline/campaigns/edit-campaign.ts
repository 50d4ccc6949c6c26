import type { Context } from '../../context.js';
import type { CampaignSettings } from '../../domain/campaigns/campaign.js';
import { type CampaignChanges, readChanged } from '../../domain/campaigns/campaign-changes.js';
import { faultOfValue, version as seenVersion } from '../../domain/text/judge-value.js';
import { CampaignChangedError, NotFoundError, UsageError } from '../../errors.js';
import { addAudit } from '../../store/audit-log.js';
import { type CampaignRow, changeCampaign, decideAnew, lockCampaignNamed } from '../../store/campaigns.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type JobAhead, jobsAhead } from '../../store/views/attention/jobs-ahead.js';
import { ledgerWentBack, mayBegin, refuseWhileForgetful } from '../check-ledger.js';
import { requireCalendar } from '../firing-schedule.js';
import { refuseCancelled } from '../operating/pause.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { patiently } from '../patience.js';
import { requireAccount } from '../require-account.js';
import { changesById } from './campaign-template.js';
import { checkedAudience } from './campaigns.js';
import { skipUndecided, wasPaused } from './fire.js';
import { type GoingRun, goingRuns, withBuffered } from './going-runs.js';
import { type Redone, redoRuns, refuseToMove } from './redo-runs.js';
import { type CampaignView, differencesOf, requireCampaign, settingsOf, viewCampaign } from './view-campaign.js';

/** How a campaign is changed. */
export type EditOptions = {
  /**
   * Fires anew what is fired already and not handed over: its run is cancelled, and its instant gets another one with the settings as
   * they are then. Default false: what was decided goes out as it was.
   */
  redo?: boolean | undefined;
  /** The version that the caller saw: nothing is done if it is another one by now. */
  version?: number | undefined;
  /** Who changes it; kept with the version and in the audit log. */
  by?: string | undefined;
};

/** A campaign after a change, and what becomes of what it had decided. */
export type EditedCampaign = CampaignView & {
  /** What was changed, a text each; empty: it was like that already. */
  changes: string[];
  /** What was fired anew, or taken back because the new schedule doesn't have its instant. */
  redone: Redone[];
  /** What goes out as it was decided before. */
  runs: GoingRun[];
  /** Of that, what Qiscus has been given and hasn't started: it can only be cancelled there. */
  jobs: JobAhead[];
};

/**
 * Gives a campaign other settings, as a new version that counts from the next instant on that isn't decided yet.
 * @param signal gives up trying its audience. @throws {NotFoundError} @throws {UsageError} naming each wrong setting. @throws {CampaignChangedError} when it isn't what the caller
 * saw. @throws {SiaranError} `TOO_LATE_TO_REDO` when nothing can be fired anew any more; `STILL_GOES_OUT` when the
 * single instant of a campaign would be moved and its run still goes out; `LEDGER_WENT_BACK` until that is repaired. Nothing is changed then.
 */
export async function editCampaign(
  ctx: Context,
  name: string,
  changes: CampaignChanges,
  { redo = false, version, by = ctx.config.actor }: EditOptions = {},
  signal?: AbortSignal,
): Promise<EditedCampaign> {
  const fault = version === undefined ? undefined : faultOfValue('version', version, seenVersion);
  if (fault !== undefined) throw new UsageError(fault);
  await refuseOtherDatabase(ctx);
  const seen = await patiently(ctx, () => requireCampaign(ctx, name));
  if (version !== undefined && version !== seen.version) throw new CampaignChangedError(name, version, seen.version);
  const settings = await readSettings(ctx, seen, changes, signal);
  // A ledger that went back would have forgotten what it has handed over.
  if (redo && !(await mayBegin(ctx))) throw ledgerWentBack();
  const { campaign, differences, redone } = await patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const { isMoved, ...edited } = await change(tx, seen, settings, by);
      const redone = redo ? await redoRuns(ctx, tx, edited.campaign) : [];
      if (isMoved) await refuseToMove(tx, edited.campaign, redone);
      return { ...edited, redone };
    }),
  );
  for (const { replacedRunId } of redone) await refuseCancelled(ctx, replacedRunId);
  const isNew = new Set(redone.map(({ runId }) => runId));
  const before = (await goingRuns(ctx.db, campaign.id)).filter(({ runId }) => !isNew.has(runId));
  return {
    ...(await viewCampaign(ctx, name)),
    changes: differences,
    redone,
    runs: await withBuffered(ctx, before),
    jobs: await jobsAhead(
      ctx.db,
      before.map(({ runId }) => runId),
    ),
  };
}

/** A campaign's settings with some of them changed, when they and its audience are right. @throws {UsageError} */
export async function readSettings(
  ctx: Context,
  campaign: CampaignRow,
  changes: CampaignChanges,
  signal: AbortSignal | undefined,
): Promise<CampaignSettings> {
  const reading = readChanged(
    settingsOf(campaign),
    await changesById(ctx, campaign, changes),
    await currentTime(ctx.db),
  );
  if (!reading.ok)
    throw new UsageError(
      `Campaign ${JSON.stringify(campaign.name)} can't be changed like that:\n${reading.faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  const { settings } = reading;
  if (settings.calendar !== campaign.calendar) requireCalendar(ctx, settings);
  if (settings.account !== campaign.account) await requireAccount(ctx, settings.account);
  const isRead = ['audience', 'columns', 'map', 'ignoreColumns'] as const;
  return isRead.some((part) => changes[part] !== undefined) ? checkedAudience(ctx, settings, signal) : settings;
}

/** `isMoved`: its single instant is another one now, or a schedule has taken its place. */
async function change(
  tx: Sql,
  seen: CampaignRow,
  settings: CampaignSettings,
  by: string,
): Promise<{ campaign: CampaignRow; differences: string[]; isMoved: boolean }> {
  const { name } = seen;
  const locked = await lockCampaignNamed(tx, name);
  if (locked?.id !== seen.id) throw new NotFoundError('campaign', name);
  await refuseWhileForgetful(tx);
  const differences = differencesOf(locked, settings);
  // A commit whose answer was lost is found to be there already.
  if (differences.length === 0) return { campaign: locked, differences: differencesOf(seen, settings), isMoved: false };
  if (locked.version !== seen.version) throw new CampaignChangedError(name, seen.version, locked.version);
  const now = await currentTime(tx);
  const campaign = await changeCampaign(tx, locked, settings, { by, at: now });
  const isScheduled = JSON.stringify(locked.schedule) !== JSON.stringify(settings.schedule);
  if (isScheduled) await countFrom(tx, locked, campaign, now);
  const detail = { version: campaign.version, changes: differences };
  await addAudit(tx, { actor: by, action: 'campaign edit', target: name.slice(0, 200), detail });
  return { campaign, differences, isMoved: isScheduled && 'at' in locked.schedule };
}

/**
 * A new schedule counts from now on. Firings that were due by the old one, and not decided, are skipped; what was
 * decided ahead stays decided.
 */
async function countFrom(tx: Sql, before: CampaignRow, campaign: CampaignRow, now: Date): Promise<void> {
  const changed = `its schedule was changed, to that of version ${campaign.version}, before a worker had decided about it`;
  await skipUndecided(tx, { ...before, version: campaign.version }, now, before.pausedAt ? wasPaused : changed);
  await decideAnew(tx, campaign.id, now);
}
