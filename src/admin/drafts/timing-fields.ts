import * as z from 'zod';
import { readDelivery } from '../../domain/delivery/delivery.js';
import { weekdays } from '../../domain/schedules/day-schedule.js';
import { UsageError } from '../../errors.js';
import type { DraftSettings } from '../../pipeline/drafts/draft.js';

const text = z.string().trim().max(200).default('');

/** When a broadcast goes out, as it is written into the form. */
export const timingForm = z.object({
  when: z.enum(['now', 'later']).default('now'),
  ...{ date: text, time: text, timeZone: text, from: text, until: text },
  days: z.union([text, z.array(text).max(7)]).default([]),
  ...{ pace: text, paceUnit: text, dailyLimit: text, first: text },
});

export type TimingForm = z.infer<typeof timingForm>;

/** Where nobody has chosen a time zone so far, and no script says what the reader's is. */
const usualZone = 'Asia/Jakarta';

/** A draft's settings as the form has them. */
export function writtenSettings(settings: DraftSettings): TimingForm {
  const timeZone = settings.timeZone ?? usualZone;
  const [date = '', time = ''] = (settings.startAt === undefined ? '' : wallClock(settings.startAt, timeZone)).split(
    'T',
  );
  const [from = '', until = ''] = (settings.window ?? '').split('-');
  const [, pace = '', paceUnit = '1h'] = /^(\d+)\/(.+)$/.exec(settings.pace ?? '') ?? [];
  return {
    when: settings.startAt === undefined ? 'now' : 'later',
    ...{ date, time, timeZone, from, until, pace, paceUnit },
    days: openDays(settings),
    dailyLimit: String(settings.dailyLimit ?? ''),
    first: String(settings.first ?? ''),
  };
}

/** The settings with what the form says; those that it doesn't have stay. @throws {UsageError} for what one half of it says and the other would drop */
export function settingsOf(before: DraftSettings, form: TimingForm): DraftSettings {
  refuseDropped(before, form);
  const { startAt, window, windowDays, timeZone, pace, dailyLimit, first, ...others } = before;
  const chosen = typeof form.days === 'string' ? [form.days] : form.days;
  const hasWindow = form.from !== '' || form.until !== '';
  return {
    ...others,
    ...(form.timeZone !== '' && { timeZone: form.timeZone }),
    // What is half filled in is refused by whoever reads it, with what would be right.
    ...(form.when === 'later' && { startAt: `${form.date}T${form.time}` }),
    ...(hasWindow && { window: `${form.from}-${form.until}` }),
    ...(hasWindow && chosen.length > 0 && chosen.length < weekdays.length && { windowDays: chosen.join(',') }),
    ...(form.pace !== '' && { pace: `${form.pace}/${form.paceUnit}` }),
    ...(form.dailyLimit !== '' && { dailyLimit: Number(form.dailyLimit) }),
    ...(form.first !== '' && { first: Number(form.first) }),
  };
}

/** What somebody has written is never left out in silence: it may be what keeps people from a message at night, or today. */
function refuseDropped(before: DraftSettings, { when, date, time, from, until, days: ticked }: TimingForm): void {
  const stood = writtenSettings(before);
  if (when === 'now' && date + time !== '' && (date !== stood.date || time !== stood.time))
    throw new UsageError(
      `The start is to be at once, and ${`${date} ${time}`.trim()} is written beside it: choose one of the two.`,
    );
  const count = typeof ticked === 'string' ? 1 : ticked.length;
  const hasHours = from + until !== '';
  if (hasHours && count === 0) throw new UsageError('Tick at least one day on which it may go out at these hours.');
  if (!hasHours && count > 0 && count < weekdays.length)
    throw new UsageError('Days count within hours: write from and until too, such as 00:00 and 23:59.');
}

/** An instant, or what a wall clock shows, as the clock of this zone: `2026-12-01T09:00`. */
function wallClock(startAt: string, timeZone: string): string {
  const hasOffset = /(?:Z|[+-]\d\d:?\d\d)$/i.test(startAt);
  if (!hasOffset || Number.isNaN(Date.parse(startAt))) return startAt.slice(0, 16);
  // Swedish writes dates as ISO 8601 does.
  return new Date(startAt).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T').slice(0, 16);
}

function openDays({ window, windowDays, timeZone = 'UTC' }: DraftSettings): string[] {
  if (window === undefined || windowDays === undefined) return [...weekdays];
  const open = readDelivery({ window, windowDays, timeZone }).delivery.window?.days ?? [];
  return weekdays.filter((_, at) => open.includes(at + 1));
}
