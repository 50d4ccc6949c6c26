import { type Fitting, type FittingRequest, readFitting } from '../columns/column-map.js';
import { largestId, show, whole } from '../delivery/delivery.js';
import { showMasked } from '../numbers/mask-number.js';
import { isLabel } from '../runs/label.js';
import { readSending, type Sending, type SendingOptions } from '../runs/sending.js';
import { firesMoreThanHourly } from '../schedules/cron-fields.js';
import { parseSchedule, type Schedule } from '../schedules/schedule.js';
import { readSkipDates, type SkipSettings } from '../schedules/skipped-dates.js';
import type { TemplateRequest } from '../templates/template-request.js';
import { formatDuration, parseDuration } from '../timing/duration.js';
import { formatAudience, parseAudience } from './audience.js';
import { type CatchUp, isCatchUp } from './firing.js';

/** A campaign as a caller writes it: what to send, to whom, on which schedule. */
export type CampaignRequest = SendingOptions &
  TemplateRequest &
  FittingRequest & {
    /** `file:PATH`, `sql:QUERY`, `named:NAME` or `function:NAME`. */
    audience: string;
    /** Five cron fields in `timeZone`, such as `0 9 * * mon`; or one instant, in ISO 8601 with an offset or in `timeZone`. */
    schedule: string;
    /** Whether a cron may fire more often than hourly, which is refused otherwise. Default false; it isn't stored. */
    often?: boolean;
    /**
     * Dates of `timeZone` on which it does not fire, each as `2027-01-01`, at most 1,000. A firing that falls on one is skipped, not
     * moved, and nothing that was missed is made up for on such a date. A schedule of one instant can't have them.
     */
    skipDates?: readonly string[];
    /**
     * The name of a calendar of `SIARAN_CALENDARS_FILE`, on whose dates it does not fire either. Workers look the dates up when they
     * decide about a firing; one that doesn't know the calendar fires nothing of this campaign.
     */
    calendar?: string;
    /** How long before a firing its audience is read and its batches are handed over, such as `30m`. Default: at the firing. */
    prepareAhead?: string;
    /** What becomes of firings that no worker was there for: none, the latest or all of them are made up for. Default `latest`. */
    catchUp?: CatchUp;
    /** A run of it with more people goes out only once somebody else has approved it; 0: every run. Default: as its account says. */
    approvalAbove?: number;
    /** Whether one approval is for all runs of a version, whoever is in them. Default false: each firing is approved. */
    approveOnce?: boolean;
  };

/** The same, with the id of its template, whatever a caller told it by. */
export type CampaignById = Omit<CampaignRequest, 'template'> & { templateDetailId: number };

/** A campaign's settings, in one of its versions. */
export type CampaignSettings = Sending &
  Fitting &
  SkipSettings & {
    audience: string;
    schedule: Schedule;
    prepareAheadMs: number;
    catchUp: CatchUp;
    approvalAbove: number | null;
    approveOnce: boolean;
  };

/** A cron with an asterisk for the minute, written by mistake, would message everybody sixty times an hour. */
function oftenFaults(schedule: Schedule, often: unknown): string[] {
  if (often !== undefined && typeof often !== 'boolean')
    return [`often is ${JSON.stringify(often)}; write true or false.`];
  if (often || 'at' in schedule || !firesMoreThanHourly(schedule.cron)) return [];
  return [
    `schedule: the cron ${showMasked(schedule.cron)} fires more often than hourly, and each time messages everybody; ` +
      'if that is meant, say so: often: true (--often), or More often than hourly on its form.',
  ];
}

/** A caller without types may give anything. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const longestPrepareAheadMs = 30 * 86_400_000;

/** Reads a campaign's settings; `faults` is a sentence for each that is wrong, with what would be right. */
export function readCampaign(
  request: CampaignById,
  now: Date,
): { ok: true; settings: CampaignSettings } | { ok: false; faults: string[] } {
  const { sending, faults } = readSending(request);
  const audience = parseAudience(textOf(request.audience));
  if (!audience.ok) faults.push(`audience: ${audience.reason}`);
  const schedule = parseSchedule(textOf(request.schedule), request.timeZone, now);
  if (schedule.ok) faults.push(...oftenFaults(schedule.schedule, request.often));
  // A time zone that is wrong is named already.
  else if (!faults.some((fault) => fault.includes(schedule.reason))) faults.push(`schedule: ${schedule.reason}`);
  const prepareAheadMs = request.prepareAhead === undefined ? 0 : parseDuration(textOf(request.prepareAhead));
  if (prepareAheadMs === undefined || prepareAheadMs > longestPrepareAheadMs)
    faults.push(
      `prepareAhead is ${JSON.stringify(request.prepareAhead)}; write a duration such as 30m, at most ${formatDuration(longestPrepareAheadMs)}.`,
    );
  const { catchUp = 'latest' } = request;
  if (!isCatchUp(catchUp)) faults.push(`catchUp is ${JSON.stringify(catchUp)}; it is skip, latest or all.`);
  const { approvalAbove = null, approveOnce = false, calendar = null } = request;
  const skips = readSkipDates(request.skipDates);
  faults.push(...skips.faults, ...calendarFaults(calendar));
  if (schedule.ok && 'at' in schedule.schedule && (calendar !== null || skips.dates.length > 0))
    faults.push(
      `${calendar === null ? 'skipDates' : 'calendar'} goes with a cron: a campaign that fires once has its date already.`,
    );
  faults.push(...approvalFaults(approvalAbove, approveOnce));
  const fitted = readFitting(request);
  faults.push(...fitted.faults);
  if (faults.length > 0 || !audience.ok || !schedule.ok) return { ok: false, faults };
  return {
    ok: true,
    settings: {
      ...sending,
      ...fitted.fitting,
      audience: formatAudience(audience.audience),
      schedule: schedule.schedule,
      ...{ skipDates: skips.dates, calendar },
      prepareAheadMs: prepareAheadMs ?? 0,
      ...{ catchUp, approvalAbove, approveOnce },
    },
  };
}

function calendarFaults(calendar: unknown): string[] {
  if (calendar === null || (typeof calendar === 'string' && isLabel(calendar))) return [];
  return [`calendar is ${show(calendar)}; write the name of one that SIARAN_CALENDARS_FILE has.`];
}

function approvalFaults(above: unknown, once: unknown): string[] {
  const faults: string[] = [];
  if (above !== null && whole(0, largestId)(above) === undefined)
    faults.push(`approvalAbove is ${show(above)}; write a whole number of people such as 10000, or 0 for every run.`);
  if (typeof once !== 'boolean') faults.push(`approveOnce is ${show(once)}; write true or false.`);
  return faults;
}
