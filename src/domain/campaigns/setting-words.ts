import { formatHours, formatPace, formatWindowDays } from '../delivery/describe-delivery.js';
import { describeRetryAfterFailure } from '../resending/retry-after-failure.js';
import { describeCron } from '../schedules/day-schedule.js';
import type { Schedule } from '../schedules/schedule.js';
import { showDate } from '../schedules/skipped-dates.js';
import { formatDuration } from '../timing/duration.js';
import { showInstant } from '../timing/show-instant.js';
import { parseAudience, showAudience } from './audience.js';
import type { CampaignSettings } from './campaign.js';
import { audienceReadWords } from './firing-words.js';

/** One setting that differs, in words. */
export type WordedChange = { what: string; was: string; is: string };

const none = 'none';

/** What differs between two versions of a campaign's settings, for people. @param audience how its audience may be shown. */
export function wordChanges(
  before: CampaignSettings,
  after: CampaignSettings,
  audience: (text: string) => string = shownAudience,
): WordedChange[] {
  const [was, is] = [settingWords(before, audience), settingWords(after, audience)];
  return Object.entries(is).flatMap(([what, words]) => {
    const then = was[what] ?? none;
    const isOther = what === 'Audience' ? before.audience !== after.audience : then !== words;
    return isOther ? [{ what, was: then, is: words }] : [];
  });
}

/** Every setting of a campaign, in words. */
export function settingWords(
  settings: CampaignSettings,
  audience: (text: string) => string = shownAudience,
): Record<string, string> {
  const { delivery, map, ignoreColumns, retryAfterFailure, approvalAbove } = settings;
  const { pace, window, dailyLimit, channelId, handOverAheadMs, first, tooLateAfterMs, individual } = delivery;
  return {
    Fires: scheduleWords(settings.schedule),
    'Time zone': 'cron' in settings.schedule ? settings.schedule.timeZone : none,
    'Dates skipped': settings.skipDates.map(showDate).join(', ') || none,
    'Calendar of dates skipped': settings.calendar ?? none,
    Template: String(settings.templateDetailId),
    Account: settings.account,
    Columns: settings.columns.join(', '),
    'Columns of the audience': pairsOf(map),
    'Columns left out': ignoreColumns.join(', ') || none,
    Audience: audience(settings.audience),
    Window: window ? `${formatHours(window)} ${formatWindowDays(window)} ${window.timeZone}` : none,
    Pace: pace ? formatPace(pace) : none,
    'Daily limit': dailyLimit === null ? none : `${count(dailyLimit)} people`,
    'First part': first === null ? none : `${count(first)} people`,
    'Too late after': durationOr(tooLateAfterMs, none),
    'Handed over': handOverAheadMs === null ? 'at once' : `${formatDuration(handOverAheadMs)} ahead`,
    'Audience read': audienceReadWords(settings.prepareAheadMs),
    'When missed': { skip: 'skipped', latest: 'the latest is made up for', all: 'all are made up for' }[
      settings.catchUp
    ],
    'Rejected rows': settings.maxRejected === null ? 'any number' : `at most ${settings.maxRejected}`,
    'Values that WhatsApp refuses': settings.values,
    'Sent again': retryAfterFailure ? describeRetryAfterFailure(retryAfterFailure) : none,
    Approval: approvalAbove === null ? 'as its account says' : `above ${count(approvalAbove)} people`,
    'One approval for all firings': settings.approveOnce ? 'yes' : 'no',
    Delivery: individual
      ? `individual, as ${individual.templateName} (${individual.language}) of ${individual.namespace}`
      : 'in bulk',
    'More messages than usual': individual?.force ? 'allowed' : 'no',
    Channel: channelId === null ? none : String(channelId),
    Separator: settings.separator,
  };
}

/** When a schedule fires, for people. */
export function scheduleWords(schedule: Schedule): string {
  return 'at' in schedule ? `once, ${showInstant(schedule.at, 'UTC')}` : describeCron(schedule.cron);
}

function shownAudience(text: string): string {
  const parsed = parseAudience(text);
  return parsed.ok ? showAudience(parsed.audience).replace(/^"|"$/g, '') : text;
}

function pairsOf(map: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(map).map(([head, column]) => `${head} → ${column === '' ? 'left out' : column}`);
  return pairs.sort().join(', ') || none;
}

function durationOr(ms: number | null, otherwise: string): string {
  return ms === null ? otherwise : formatDuration(ms);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
