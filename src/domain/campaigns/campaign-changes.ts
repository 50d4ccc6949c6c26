import { formatHours, formatPace, formatWindowDays } from '../delivery/describe-delivery.js';
import { showMasked } from '../numbers/mask-number.js';
import { retryRequestOf } from '../resending/retry-after-failure.js';
import { isInstantText } from '../schedules/schedule.js';
import { formatDuration } from '../timing/duration.js';
import { type CampaignById, type CampaignRequest, type CampaignSettings, readCampaign } from './campaign.js';

/** What is to be another of a campaign's settings, named as when it is added; `null` takes a setting away. */
export type CampaignChanges = { [K in Exclude<keyof CampaignRequest, 'name'>]?: CampaignRequest[K] | null } & {
  /** It can't be changed; a file of settings may have it. */
  name?: string;
};

/** The same, with the id of the template where a caller named another one. */
export type ChangesById = Omit<CampaignChanges, 'template'>;

const needed = ['templateDetailId', 'columns', 'audience', 'schedule'] as const;

/** The compiler sees to it that none is forgotten. */
const known: Readonly<Record<keyof CampaignRequest, true>> = {
  ...{
    name: true,
    template: true,
    templateDetailId: true,
    columns: true,
    map: true,
    ignoreColumns: true,
    separator: true,
    values: true,
  },
  ...{
    maxRejected: true,
    retryAfterFailure: true,
    account: true,
    audience: true,
    schedule: true,
    often: true,
    timeZone: true,
    skipDates: true,
    calendar: true,
    prepareAhead: true,
  },
  ...{
    catchUp: true,
    approvalAbove: true,
    approveOnce: true,
    tooLateAfter: true,
    channelId: true,
    pace: true,
    window: true,
    windowDays: true,
    dailyLimit: true,
  },
  ...{ handOver: true, first: true, delivery: true, templateName: true, namespace: true, language: true, force: true },
};

/** The names of a campaign's settings. */
export const campaignSettingNames = Object.keys(known) as readonly (keyof CampaignRequest)[];

/** Reads a campaign's settings with some of them changed; `faults` is a sentence for each that is wrong. */
export function readChanged(
  settings: CampaignSettings,
  changes: ChangesById,
  now: Date,
): { ok: true; settings: CampaignSettings } | { ok: false; faults: string[] } {
  const faults = Object.keys(changes)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `${showMasked(name)} is not a setting; the settings are ${campaignSettingNames.join(', ')}.`);
  if (changes.name !== undefined && changes.name !== settings.name)
    faults.push(
      `name is ${showMasked(String(changes.name))}, and this is ${showMasked(settings.name)}. A name can't be changed. Remove this campaign with --cancel-runs first, then add the other one. The other one doesn't know what this one has fired.`,
    );
  for (const name of needed) if (changes[name] === null) faults.push(`${name} is null; a campaign needs one.`);
  if (faults.length > 0) return { ok: false, faults };
  const { schedule } = settings;
  // A schedule that isn't changed was judged when it was written; a single instant may have passed since.
  const isKept = changes.schedule === undefined && 'at' in schedule;
  const asOf = isKept ? new Date(Math.min(now.getTime(), schedule.at.getTime() - 1)) : now;
  return readCampaign(merged(requestOf(settings), changes), asOf);
}

function merged(stands: CampaignById, changes: ChangesById): CampaignById {
  const kept: Record<string, unknown> = { ...stands };
  const goes = (...names: (keyof CampaignRequest)[]) => {
    for (const name of names) delete kept[name];
  };
  // What means nothing without another setting goes with it.
  if (changes.window === null) goes('windowDays');
  if (changes.delivery !== undefined && changes.delivery !== 'individual')
    goes('templateName', 'namespace', 'language', 'force');
  // That it may fire often was said of the other schedule.
  if (changes.schedule !== undefined) goes('often');
  // A single instant has its date already.
  if (typeof changes.schedule === 'string' && isInstantText(changes.schedule)) goes('skipDates', 'calendar');
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete kept[name];
    else if (value !== undefined) kept[name] = value;
  }
  return kept as CampaignById;
}

/** A campaign's settings as a caller would write them, so that `readCampaign` gives the same again. */
function requestOf(settings: CampaignSettings): CampaignById {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, map, ignoreColumns } = settings;
  const { audience, schedule, prepareAheadMs, catchUp, delivery, retryAfterFailure, approvalAbove, approveOnce } =
    settings;
  const { skipDates, calendar } = settings;
  const { channelId, pace, window, dailyLimit, handOverAheadMs, first, tooLateAfterMs, individual } = delivery;
  const timeZone = 'cron' in schedule ? schedule.timeZone : window?.timeZone;
  return {
    ...{ name, account, templateDetailId, columns, separator, values, map, ignoreColumns, audience, catchUp },
    ...(skipDates.length > 0 && { skipDates }),
    ...(calendar !== null && { calendar }),
    ...(approvalAbove !== null && { approvalAbove }),
    ...(approveOnce && { approveOnce }),
    ...(maxRejected !== null && { maxRejected }),
    ...(retryAfterFailure !== null && { retryAfterFailure: retryRequestOf(retryAfterFailure) }),
    schedule: 'cron' in schedule ? schedule.cron : schedule.at.toISOString(),
    often: true,
    ...(timeZone !== undefined && { timeZone }),
    prepareAhead: formatDuration(prepareAheadMs),
    ...(channelId !== null && { channelId }),
    ...(pace !== null && { pace: formatPace(pace) }),
    ...(window !== null && { window: formatHours(window), windowDays: formatWindowDays(window) }),
    ...(dailyLimit !== null && { dailyLimit }),
    ...(handOverAheadMs !== null && { handOver: formatDuration(handOverAheadMs) }),
    ...(first !== null && { first }),
    ...(tooLateAfterMs !== null && { tooLateAfter: formatDuration(tooLateAfterMs) }),
    ...(individual !== null && { delivery: 'individual' as const, ...individual }),
  };
}
