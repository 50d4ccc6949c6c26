import { showInstant } from '../timing/show-instant.js';

/** What a plan is told by. Instants are ISO 8601; `null`: at once. */
type TellablePlan = {
  people: number;
  batches: number;
  firstStartAt: string | null;
  lastStartAt: string | null;
  timeZone: string;
  limitShare: number | null;
  tooLate: number;
  leftOut: number;
  approval: boolean;
  template: string;
};

/** All that a confirmation means in a sentence; the template's name stands between asterisks. */
export function planSentence(plan: TellablePlan): string {
  const { people, batches, limitShare, tooLate, leftOut, approval, template } = plan;
  const parts = [
    `${counted(people, 'person gets', 'people get')} *${template}* ${when(plan)}`,
    counted(batches, 'batch', 'batches'),
    ...(limitShare === null ? [] : [`${percent(limitShare)} of the day's limit`]),
  ];
  const more = [
    ...(leftOut > 0 ? [`${counted(leftOut, 'row is', 'rows are')} left out`] : []),
    ...(tooLate > 0 ? [`${counted(tooLate, 'person', 'people')} would get it too late, and get none`] : []),
    ...(approval ? ['somebody else has to approve it before it goes out'] : []),
  ];
  return [parts.join(', '), ...more].join('; ');
}

/** `at once`; `on Tue 1 Dec 2026 between 09:00 and 15:10 WIB`; or from one day to another. */
function when({ firstStartAt, lastStartAt, timeZone }: TellablePlan): string {
  if (firstStartAt === null) return 'at once';
  const first = partsOf(firstStartAt, timeZone);
  const last = partsOf(lastStartAt ?? firstStartAt, timeZone);
  if (first.day !== last.day)
    return `from ${first.day} ${first.time} ${first.zone} to ${last.day} ${last.time} ${last.zone}`;
  const zone = last.zone;
  return first.time === last.time
    ? `on ${first.day} at ${first.time} ${zone}`
    : `on ${first.day} between ${first.time} and ${last.time} ${zone}`;
}

function partsOf(at: string, timeZone: string): { day: string; time: string; zone: string } {
  // To the minute: `Tue 1 Dec 2026 09:00 WIB`.
  const [weekday = '', date = '', month = '', year = '', time = '', zone = ''] = showInstant(at, timeZone).split(' ');
  return { day: [weekday, date, month, year].join(' '), time: time.slice(0, 5), zone };
}

/** Less than one in a hundred isn't nothing. */
function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return rounded === 0 && share > 0 ? 'less than 1 %' : `about ${rounded.toLocaleString('en-US')} %`;
}

function counted(value: number, one: string, many: string): string {
  return `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;
}
