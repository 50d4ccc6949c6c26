import type { Context } from '../../context.js';
import type { CampaignRequest, CampaignSettings } from '../../domain/campaigns/campaign.js';
import type { CampaignChanges } from '../../domain/campaigns/campaign-changes.js';
import { type WordedChange, wordChanges } from '../../domain/campaigns/setting-words.js';
import { CampaignChangedError } from '../../errors.js';
import { versionsOf } from '../../store/campaigns.js';
import { readNewCampaign } from './campaigns.js';
import { readSettings } from './edit-campaign.js';
import { type GoingRun, viewGoingRuns } from './going-runs.js';
import { requireCampaign, settingsOf } from './view-campaign.js';

/** What a change of a campaign would do, before anything is done. */
type PreviewedChange = {
  settings: CampaignSettings;
  changes: WordedChange[];
  /** What goes out as it was decided before. */
  runs: GoingRun[];
};

/**
 * What a change would make of a campaign; nothing is changed. @throws {NotFoundError} @throws {UsageError} naming each wrong setting.
 * @throws {CampaignChangedError} when it isn't the version that the caller saw.
 */
export async function previewEdit(
  ctx: Context,
  name: string,
  { changes, version }: { changes: CampaignChanges; version: number },
  signal?: AbortSignal,
): Promise<PreviewedChange> {
  const seen = await requireCampaign(ctx, name);
  if (version !== seen.version) throw new CampaignChangedError(name, version, seen.version);
  const settings = await readSettings(ctx, seen, changes, signal);
  return { settings, changes: wordChanges(settingsOf(seen), settings), runs: await viewGoingRuns(ctx, name) };
}

/** The settings of a campaign that would be added; nothing is added. @throws {UsageError} naming each wrong setting. */
export function previewAdd(ctx: Context, request: CampaignRequest, signal?: AbortSignal): Promise<CampaignSettings> {
  return readNewCampaign(ctx, request, signal);
}

/** One version of a campaign, and what it changed, in words. */
type WordedVersion = { version: number; at: Date; by: string | null; changes: WordedChange[] };

/** A campaign's versions, the latest first. @param audience how its audience may be shown. @throws {NotFoundError} */
export async function wordVersions(
  ctx: Context,
  name: string,
  audience: (text: string) => string,
): Promise<WordedVersion[]> {
  const versions = await versionsOf(ctx.db, await requireCampaign(ctx, name));
  return versions.map((row, at) => {
    const before = versions[at + 1];
    const changes = before ? wordChanges(settingsOf(before), settingsOf(row), audience) : [];
    return { version: row.version, at: row.changedAt, by: row.changedBy, changes };
  });
}
