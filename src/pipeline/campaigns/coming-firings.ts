import type { Context } from '../../context.js';
import { dateAt } from '../../domain/schedules/cron.js';
import { comingFirings, type SkippedFiring, whySkipped } from '../../domain/schedules/schedule.js';
import { type Calendars, showDate } from '../../domain/schedules/skipped-dates.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { type CampaignRow, findCampaign } from '../../store/campaigns.js';
import { decidedAfter } from '../../store/firings.js';
import { findFiringSchedule, requireFiringSchedule, type ScheduleSettings } from '../firing-schedule.js';

/** When a campaign fires next. */
type ComingFirings = {
  /** The instants of its schedule that aren't decided yet, ascending. */
  fires: Date[];
  /** What is skipped before the last of them: the first instant of each date. */
  skipped: SkippedFiring[];
  /** What is wrong with its calendar; `null`: nothing. */
  calendarWarning: string | null;
};

/** When a campaign fires next, and what it skips. Nothing is known of one whose calendar this process doesn't have. */
export async function viewComingFirings(ctx: Context, campaign: CampaignRow, count: number): Promise<ComingFirings> {
  if (findFiringSchedule(ctx, campaign)) return nextFirings(ctx, campaign, count);
  const calendarWarning = `SIARAN_CALENDARS_FILE doesn't have calendar ${campaign.calendar} here, so nobody can tell when it fires next. Workers that don't have it either don't fire it.`;
  return { fires: [], skipped: [], calendarWarning };
}

/** The same. @throws {SiaranError} `CALENDAR_UNKNOWN` */
export async function nextFirings(ctx: Context, campaign: CampaignRow, count: number): Promise<ComingFirings> {
  const { decidedUntil } = campaign;
  const decided = new Set((await decidedAfter(ctx.db, campaign, decidedUntil)).map((at) => at.getTime()));
  const isOpen = ({ at }: { at: Date }) => !decided.has(at.getTime());
  const found = comingFirings(requireFiringSchedule(ctx, campaign), decidedUntil, count + decided.size);
  const fires = found.fires.filter((at) => isOpen({ at })).slice(0, count);
  const last = fires.at(-1);
  const skipped = found.skipped.filter(isOpen).filter(({ at }) => last === undefined || at < last);
  return { fires, skipped, calendarWarning: outdatedCalendar(campaign, ctx.config.calendars, fires) };
}

/** Why a campaign's schedule fires nothing on the date of this instant; whoever fires it by hand then is told. `null`: it may, or it isn't known here. */
export async function whySkippedAt(ctx: Context, name: string, at: Date): Promise<string | null> {
  const campaign = await findCampaign(ctx.db, name);
  const schedule = campaign && findFiringSchedule(ctx, campaign);
  return schedule ? whySkipped(schedule, at) : null;
}

/** Holidays that nobody has written down yet are days on which people are messaged. `null`: the calendar goes on for longer. */
export function outdatedCalendar(
  { schedule, calendar }: ScheduleSettings,
  calendars: Calendars,
  fires: readonly Date[],
): string | null {
  const last = calendar === null ? undefined : [...(calendars.get(calendar)?.keys() ?? [])].at(-1);
  if (last === undefined || 'at' in schedule) return null;
  const beyond = fires.find((at) => dateAt(schedule.timeZone, at.getTime()) > last);
  if (!beyond) return null;
  return `Calendar ${calendar} ends on ${showDate(last)}, and the firing of ${showInstant(beyond, schedule.timeZone)} is after that: add the dates that follow to SIARAN_CALENDARS_FILE.`;
}
