import * as z from 'zod';
import type { Context } from '../../context.js';
import { scheduleWords } from '../../domain/campaigns/setting-words.js';
import { firesMoreThanHourly, skippedMonths } from '../../domain/schedules/cron-fields.js';
import { readDaySchedule } from '../../domain/schedules/day-schedule-text.js';
import { comingFirings, parseSchedule, skipping } from '../../domain/schedules/schedule.js';
import { readSkipDates, type SkipSettings, skippedDatesOf } from '../../domain/schedules/skipped-dates.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import { outdatedCalendar } from '../../pipeline/campaigns/coming-firings.js';
import { requireCalendar } from '../../pipeline/firing-schedule.js';
import type { AdminApp } from '../app.js';
import { instant } from '../schemas/run.js';

const text = z.string().max(200);

/** A schedule as it is asked about: in one text, or as times and days. */
type AskedSchedule = {
  schedule?: string | undefined;
  times?: string | undefined;
  weekdays?: string | undefined;
  monthDays?: string | undefined;
  timeZone?: string | undefined;
  /** Dates on which it doesn't fire, with commas between them. */
  skipDates?: string | undefined;
  calendar?: string | undefined;
};

/** What a schedule comes to. */
export type ForetoldSchedule = {
  schedule: string;
  timeZone: string | null;
  words: string;
  warning: string | null;
  next: { at: string; shown: string }[];
  skipped: { at: string; shown: string; reason: string }[];
};

const shown = z.string().describe('by the clock of its time zone');

const foretold = z.object({
  schedule: z.string().describe('as a campaign is given it'),
  timeZone: z.string().nullable(),
  words: z.string().describe('when it fires, for people'),
  warning: z.string().nullable(),
  next: z.array(z.object({ at: instant, shown })),
  skipped: z
    .array(z.object({ at: instant, shown, reason: z.string() }))
    .describe('what is skipped before the last of these: the first instant of each date'),
}) satisfies z.ZodType<ForetoldSchedule>;

/** Tells when a schedule would fire, before there is a campaign that has it. */
export function addScheduleRoute(app: AdminApp, ctx: Context): void {
  app.get(
    '/schedule',
    {
      schema: {
        tags: ['campaigns'],
        operationId: 'foretellSchedule',
        summary: 'When a schedule would fire next; nothing is kept',
        description:
          'Give `schedule` (five cron fields, or one instant), or `times` (`09:00,15:00`) with `weekdays` (`mon,fri`), `monthDays` (`1,15,last`) or neither (every day). `skipDates` (`2027-01-01,2027-03-20`) and `calendar` name dates on which it does not fire.',
        querystring: z.object({
          ...{ schedule: text.optional(), times: text.optional(), weekdays: text.optional() },
          ...{ monthDays: text.optional(), timeZone: text.optional() },
          ...{ skipDates: z.string().max(12_000).optional(), calendar: text.optional() },
          count: z.coerce.number().int().min(1).max(100).default(5),
        }),
        response: { 200: foretold },
      },
    },
    async ({ query: { count, ...asked } }) => foretell(ctx, asked, count, new Date()),
  );
}

/** The next instants of a schedule, with the words for them. @throws {UsageError} that says what is wrong with it. */
export function foretell(ctx: Context, asked: AskedSchedule, count: number, now: Date): ForetoldSchedule {
  const { timeZone } = asked;
  const reading = parseSchedule(scheduleOf(asked), timeZone === '' ? undefined : timeZone, now);
  if (!reading.ok) throw new UsageError(`schedule: ${reading.reason}`);
  const { schedule } = reading;
  const zone = 'cron' in schedule ? schedule.timeZone : timeZone || 'UTC';
  const settings = { schedule, ...skipsOf(ctx, asked) };
  const skips = skippedDatesOf(settings, ctx.config.calendars) ?? new Map();
  const { fires, skipped } = comingFirings(skipping(schedule, skips), now, count);
  const warnings = [
    'cron' in schedule && warningOf(schedule.cron),
    outdatedCalendar(settings, ctx.config.calendars, fires),
  ];
  const shown = (at: Date) => ({ at: at.toISOString(), shown: showInstant(at, zone) });
  return {
    schedule: 'cron' in schedule ? schedule.cron : schedule.at.toISOString(),
    timeZone: 'cron' in schedule ? schedule.timeZone : null,
    words: scheduleWords(schedule),
    warning: warnings.filter(Boolean).join(' ') || null,
    next: fires.map(shown),
    skipped: skipped.map(({ at, reason }) => ({ ...shown(at), reason })),
  };
}

/** @throws {UsageError} */
function skipsOf(ctx: Context, { skipDates = '', calendar = '' }: AskedSchedule): SkipSettings {
  const { dates, faults } = readSkipDates(skipDates.split(/[\s,;]+/));
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const settings = { skipDates: dates, calendar: calendar === '' ? null : calendar };
  requireCalendar(ctx, settings);
  return settings;
}

function scheduleOf({ schedule, times = '', weekdays = '', monthDays = '' }: AskedSchedule): string {
  if (schedule !== undefined) {
    if (times + weekdays + monthDays === '') return schedule;
    throw new UsageError('schedule is given together with times and days; leave out one of them.');
  }
  const read = readDaySchedule({ times, weekdays: weekdays.split(',').filter((name) => name !== ''), monthDays });
  if ('fault' in read) throw new UsageError(read.fault);
  return read.cron;
}

function warningOf(cron: string): string | null {
  if (firesMoreThanHourly(cron)) return 'It fires more often than hourly, and each time messages everybody.';
  const skipped = skippedMonths(cron);
  return skipped === undefined ? null : `Some months have fewer days: ${skipped}.`;
}
