import type { Context } from '../context.js';
import type { CampaignSettings } from '../domain/campaigns/campaign.js';
import { type FiringSchedule, skipping } from '../domain/schedules/schedule.js';
import { skippedDatesOf } from '../domain/schedules/skipped-dates.js';
import { SiaranError, UsageError } from '../errors.js';

/** What of a campaign says when it fires. */
export type ScheduleSettings = Pick<CampaignSettings, 'schedule' | 'skipDates' | 'calendar'>;

/**
 * A campaign's schedule with the dates on which it doesn't fire. The dates of its calendar are looked up each time, not kept with the
 * campaign: a holiday that is moved then counts for every campaign, and nobody has to remember which ones to save again.
 * @returns `undefined` when this process doesn't have its calendar.
 */
export function findFiringSchedule({ config }: Context, campaign: ScheduleSettings): FiringSchedule | undefined {
  const skips = skippedDatesOf(campaign, config.calendars);
  return skips && skipping(campaign.schedule, skips);
}

/**
 * The same where nothing may be decided without it: a campaign doesn't fire on dates that nobody here could look up.
 * @throws {SiaranError} `CALENDAR_UNKNOWN`
 */
export function requireFiringSchedule(ctx: Context, campaign: ScheduleSettings & { name: string }): FiringSchedule {
  const found = findFiringSchedule(ctx, campaign);
  if (found) return found;
  throw new SiaranError(
    'CALENDAR_UNKNOWN',
    `Campaign ${JSON.stringify(campaign.name)} doesn't fire on the dates of calendar ${JSON.stringify(campaign.calendar)}, ${namesOf(ctx)}.`,
  );
}

/** Refuses a calendar that isn't there, when a campaign is given it. @throws {UsageError} */
export function requireCalendar(ctx: Context, { calendar }: Pick<CampaignSettings, 'calendar'>): void {
  if (calendar === null || ctx.config.calendars.has(calendar)) return;
  throw new UsageError(`calendar is ${JSON.stringify(calendar)}, ${namesOf(ctx)}.`);
}

function namesOf({ config: { calendars } }: Context): string {
  const names = [...calendars.keys()].slice(0, 20).map((name) => JSON.stringify(name));
  return `which SIARAN_CALENDARS_FILE doesn't have here; it has ${names.join(', ') || 'none'}`;
}
