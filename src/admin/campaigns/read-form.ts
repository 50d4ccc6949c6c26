import * as z from 'zod';
import type { CampaignRequest } from '../../domain/campaigns/campaign.js';
import type { CampaignChanges } from '../../domain/campaigns/campaign-changes.js';
import { type Fitting, readFitting } from '../../domain/columns/column-map.js';
import { show } from '../../domain/delivery/delivery.js';
import { valuePolicies } from '../../domain/recipients/value.js';
import { type RetryAfterFailureRequest, readRetryText } from '../../domain/resending/retry-after-failure.js';
import { readDaySchedule } from '../../domain/schedules/day-schedule-text.js';
import { UsageError } from '../../errors.js';

const text = z.string().max(10_000).default('');

/** A page that was opened before the server was brought up to date doesn't have it. */
const lateText = z.string().max(10_000).optional();
const lateYes = z.enum(['', 'yes']).optional();

/** How a schedule is written: as times and days, as a cron, or as one instant. */
const scheduleKinds = ['days', 'cron', 'once'] as const;

/** What the form of a campaign has in it. Empty means that it isn't set. */
export const campaignFields = {
  ...{ name: text, account: text, template: text, templateDetailId: text, columns: text, audience: text },
  when: z.enum(scheduleKinds).default('days'),
  times: text,
  dayKind: z.enum(['every', 'weekdays', 'month']).default('every'),
  weekday: z
    .union([z.string().max(10), z.array(z.string().max(10)).max(7)])
    .default([])
    .transform((days) => (typeof days === 'string' ? [days] : days)),
  ...{ monthDays: text, cron: text, once: text, timeZone: text },
  ...{ window: text, windowDays: text, pace: text, dailyLimit: text, tooLateAfter: text, prepareAhead: text },
  ...{ maxRejected: text, approvalAbove: text },
  ...{ handOver: lateText, first: lateText, map: lateText, skipDates: lateText, calendar: lateText },
  ...{ retryAfterFailure: lateText, channelId: lateText, ignoreColumns: lateText },
  ...{ often: lateYes, force: lateYes },
  delivery: z.enum(['bulk', 'individual']).optional(),
  values: z.enum(valuePolicies).optional(),
  separator: z.enum([',', ';']).optional(),
  approveOnce: lateYes,
  catchUp: z.enum(['skip', 'latest', 'all']).default('latest'),
};

const form = z.object(campaignFields);

/** The form of a campaign as it was sent: what is missing stood on no form. */
type SentCampaign = z.output<typeof form>;

/** The form of a campaign, as somebody has filled it in. */
export type WrittenCampaign = { [K in keyof SentCampaign]-?: Exclude<SentCampaign[K], undefined> };

/** What was sent, and what was shown where nothing was: a setting that a form doesn't have isn't taken away by it. */
export function writtenOf(sent: SentCampaign, shown: WrittenCampaign): WrittenCampaign {
  const told = Object.entries(sent).filter(([name, value]) => value !== undefined && Object.hasOwn(shown, name));
  return { ...shown, ...Object.fromEntries(told) };
}

/** The schedule of the form, as a campaign is given it. @throws {UsageError} */
export function writtenSchedule(written: WrittenCampaign): string {
  const { when, times, dayKind, weekday, monthDays, cron, once } = written;
  if (when === 'cron') return cron.trim();
  if (when === 'once') return once.trim();
  if (dayKind === 'weekdays' && weekday.length === 0) throw new UsageError('weekdays: tick at least one day.');
  if (dayKind === 'month' && monthDays.trim() === '')
    throw new UsageError('monthDays is empty; write days of the month, such as 1, 15, last.');
  const read = readDaySchedule({
    times,
    weekdays: dayKind === 'weekdays' ? weekday : [],
    monthDays: dayKind === 'month' ? monthDays : '',
  });
  if ('fault' in read) throw new UsageError(read.fault);
  return read.cron;
}

/** The settings of a new campaign. @throws {UsageError} what it says of the schedule; all else is judged with the other settings. */
export function writtenRequest(written: WrittenCampaign): CampaignRequest {
  const given = Object.entries(settingsOf(written)).filter(([, value]) => value !== null);
  return { name: written.name.trim(), ...Object.fromEntries(given) } as CampaignRequest;
}

/**
 * What somebody has changed of the form that they were shown; `null` where a setting was taken away. What the form doesn't have stays as
 * it is. @throws {UsageError}
 */
export function writtenChanges(written: WrittenCampaign, shown: WrittenCampaign): CampaignChanges {
  const [now, before] = [settingsOf(written), settingsOf(shown)];
  const changes = Object.fromEntries(
    Object.entries(now).filter(([name, value]) => !isSame(value, before[name as keyof typeof before])),
  );
  // Days mean nothing without their window, and a zone belongs to both.
  if (now.window === null) delete changes.windowDays;
  // Columns are compared with the template also where the template stays the same.
  if (changes.columns !== undefined && now.template !== null) changes.template = now.template;
  if (changes.timeZone === null) delete changes.timeZone;
  // That it may fire often is said of a schedule, and nothing by itself.
  if (changes.schedule === undefined) delete changes.often;
  // What is to fire once loses them with its cron.
  if (written.when === 'once') {
    delete changes.skipDates;
    delete changes.calendar;
  }
  // Single messages need more of the template than its id, and a channel has templates of its own.
  const ofTemplate = changes.delivery === 'individual' || changes.channelId !== undefined;
  if (ofTemplate && now.template !== null) changes.template = now.template;
  // It is told by one of the two.
  if (changes.template === null) delete changes.template;
  if (now.template !== null) delete changes.templateDetailId;
  return changes as CampaignChanges;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function settingsOf(written: WrittenCampaign) {
  const { template, templateDetailId, columns } = written;
  return {
    ...(template === ''
      ? { template: null, templateDetailId: numberOf(templateDetailId) }
      : { template, templateDetailId: null }),
    columns: columns.split(/[\s,;]+/).filter((name) => name !== ''),
    account: textOf(written.account),
    audience: textOf(written.audience),
    schedule: writtenSchedule(written),
    timeZone: textOf(written.timeZone),
    ...{ window: textOf(written.window), windowDays: textOf(written.windowDays), pace: textOf(written.pace) },
    dailyLimit: numberOf(written.dailyLimit),
    tooLateAfter: textOf(written.tooLateAfter),
    prepareAhead: textOf(written.prepareAhead),
    maxRejected: textOf(written.maxRejected),
    approvalAbove: numberOf(written.approvalAbove),
    ...{ approveOnce: written.approveOnce === 'yes', catchUp: written.catchUp, delivery: written.delivery },
    ...{ handOver: textOf(written.handOver), first: numberOf(written.first), map: mapOf(written.map) },
    ignoreColumns: headsIn(written.ignoreColumns),
    channelId: numberOf(written.channelId),
    force: written.delivery === 'individual' ? written.force === 'yes' : null,
    often: written.often === 'yes' ? true : null,
    ...{ values: written.values, separator: written.separator, retryAfterFailure: retryOf(written.retryAfterFailure) },
    ...skipsOf(written),
  };
}

/** A campaign that fires once has no such dates, whatever stands in fields that its form doesn't show. */
function skipsOf({ when, skipDates, calendar }: WrittenCampaign) {
  if (when === 'once') return { skipDates: null, calendar: null };
  const dates = skipDates.split(/[\s,;]+/).filter((date) => date !== '');
  return { skipDates: dates.length > 0 ? dates : null, calendar: textOf(calendar) };
}

/** A column of the audience and what it becomes on each line. What says no column is refused with the other settings, which name it. */
function mapOf(written: string): Record<string, string> {
  const lines = written.split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => {
    const at = line.lastIndexOf('=');
    return at === -1 ? [line.trim(), line.trim()] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}

/** A head on each line, in the order of their letters. */
function headsIn(written: string): string[] {
  const heads = written.split(/\r?\n/).map((head) => head.trim());
  return [...new Set(heads)].filter((head) => head !== '').toSorted();
}

/** How the heads of the audience become columns, as the form says it. */
export function writtenFitting({ map, ignoreColumns }: WrittenCampaign): Fitting {
  return readFitting({ map: mapOf(map), ignoreColumns: headsIn(ignoreColumns) }).fitting;
}

function retryOf(written: string): RetryAfterFailureRequest | null {
  if (written.trim() === '') return null;
  const read = readRetryText(written);
  if (read) return read;
  throw new UsageError(
    `retryAfterFailure is ${show(written.slice(0, 40))}; write codes, how long after the last start, and how often, such as 131026,131053/24h/2.`,
  );
}

function textOf(written: string): string | null {
  return written.trim() === '' ? null : written.trim();
}

/** What is no number is refused with the other settings, which name it. */
function numberOf(written: string): number | null {
  const given = written.replace(/[\s,_]/g, '');
  return given === '' ? null : /^\d{1,10}$/.test(given) ? Number(given) : (written as unknown as number);
}
