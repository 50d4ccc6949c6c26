import * as z from 'zod';
import { scheduleWords } from '../../domain/campaigns/setting-words.js';
import { firesMoreThanHourly, skippedMonths } from '../../domain/schedules/cron-fields.js';
import { readDaySchedule } from '../../domain/schedules/day-schedule-text.js';
import { nextOccurrences, parseSchedule } from '../../domain/schedules/schedule.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import type { AdminApp } from '../app.js';
import { instant } from '../schemas/run.js';

const text = z.string().max(200);

/** A schedule as it is asked about: in one text, or as times and days. */
export type AskedSchedule = {
  schedule?: string | undefined;
  times?: string | undefined;
  weekdays?: string | undefined;
  monthDays?: string | undefined;
  timeZone?: string | undefined;
};

/** What a schedule comes to. */
export type ForetoldSchedule = {
  schedule: string;
  timeZone: string | null;
  words: string;
  warning: string | null;
  next: { at: string; shown: string }[];
};

const foretold = z.object({
  schedule: z.string().describe('as a campaign is given it'),
  timeZone: z.string().nullable(),
  words: z.string().describe('when it fires, for people'),
  warning: z.string().nullable(),
  next: z.array(z.object({ at: instant, shown: z.string().describe('by the clock of its time zone') })),
}) satisfies z.ZodType<ForetoldSchedule>;

/** Tells when a schedule would fire, before there is a campaign that has it. */
export function addScheduleRoute(app: AdminApp): void {
  app.get(
    '/schedule',
    {
      schema: {
        tags: ['campaigns'],
        operationId: 'foretellSchedule',
        summary: 'When a schedule would fire next; nothing is kept',
        description:
          'Give `schedule` (five cron fields, or one instant), or `times` (`09:00,15:00`) with `weekdays` (`mon,fri`), `monthDays` (`1,15,last`) or neither (every day).',
        querystring: z.object({
          ...{ schedule: text.optional(), times: text.optional(), weekdays: text.optional() },
          ...{ monthDays: text.optional(), timeZone: text.optional() },
          count: z.coerce.number().int().min(1).max(100).default(5),
        }),
        response: { 200: foretold },
      },
    },
    async ({ query: { count, ...asked } }) => foretell(asked, count, new Date()),
  );
}

/** The next instants of a schedule, with the words for them. @throws {UsageError} that says what is wrong with it. */
export function foretell(asked: AskedSchedule, count: number, now: Date): ForetoldSchedule {
  const { timeZone } = asked;
  const reading = parseSchedule(scheduleOf(asked), timeZone === '' ? undefined : timeZone, now);
  if (!reading.ok) throw new UsageError(`schedule: ${reading.reason}`);
  const { schedule } = reading;
  const zone = 'cron' in schedule ? schedule.timeZone : timeZone || 'UTC';
  return {
    schedule: 'cron' in schedule ? schedule.cron : schedule.at.toISOString(),
    timeZone: 'cron' in schedule ? schedule.timeZone : null,
    words: scheduleWords(schedule),
    warning: 'cron' in schedule ? warningOf(schedule.cron) : null,
    next: nextOccurrences(schedule, now, count).map((at) => ({ at: at.toISOString(), shown: showInstant(at, zone) })),
  };
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
