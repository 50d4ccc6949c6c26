import { IANAZone } from 'luxon';
import type { SendingWindow } from '../delivery/delivery.js';
import { zoneOffsetMs } from './zone-offset.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Open from `opensAt` to just before `closesAt`, in epoch milliseconds. */
type Opening = { opensAt: number; closesAt: number };

/** When a wall clock shows a certain time, in epoch milliseconds. `changeAt`: when the clock was put back or forward. */
type Showing =
  | { times: 'once'; at: number }
  | { times: 'twice'; first: number; second: number; changeAt: number }
  | { times: 'never'; movedOn: number; changeAt: number };

/**
 * Says of an instant `at`, in epoch milliseconds: `at` if the window is open then, else when it opens next. For many questions about one
 * window: it remembers the days that it looked at.
 *
 * Where the clock is changed, the window is never open while the wall clock shows a time outside it:
 * - put forward: an opening that is skipped moves on by as much; a closing that is skipped is the moment of the change.
 * - put back: an opening or a closing that occurs twice means the first. If the clock then shows a time before the
 *   opening once more, the window is shut until the opening comes round again.
 *
 * @throws {Error} if it doesn't open within two weeks, which takes a window without days or in an unknown time zone.
 */
export function compileSendingWindow(window: SendingWindow): (at: number) => number {
  const zone = IANAZone.create(window.timeZone);
  const known = new Map<number, Opening[]>();
  const openingsOf = (day: number): Opening[] => {
    const openings = known.get(day) ?? openingsOn(zone, window, day);
    known.set(day, openings);
    return openings;
  };
  return (at) => {
    const today = Math.floor(at / dayMs);
    // Where it is yesterday by the calendar, the opening of the day before may last; the only day may fall to a change.
    for (let day = today - 2; day <= today + 16; day += 1) {
      const opening = openingsOf(day).find(({ closesAt }) => at < closesAt);
      if (opening) return Math.max(at, opening.opensAt);
    }
    throw new Error(`A sending window on the days ${window.days.join(', ')} in ${window.timeZone} never opens.`);
  };
}

/** @param day of the calendar, counted from 1970-01-01. */
function openingsOn(zone: IANAZone, window: SendingWindow, day: number): Opening[] {
  if (!window.days.includes(weekdayOf(day))) return [];
  const closingDay = window.closesAt <= window.opensAt ? day + 1 : day;
  const opening = findShowing(zone, day * dayMs + window.opensAt * minuteMs);
  const closesAt = closingOf(findShowing(zone, closingDay * dayMs + window.closesAt * minuteMs));
  return openingsBetween(opening, closesAt).filter((each) => each.opensAt < each.closesAt);
}

function openingsBetween(opening: Showing, closesAt: number): Opening[] {
  if (opening.times === 'once') return [{ opensAt: opening.at, closesAt }];
  if (opening.times === 'never') return [{ opensAt: opening.movedOn, closesAt }];
  return [
    { opensAt: opening.first, closesAt: Math.min(opening.changeAt, closesAt) },
    { opensAt: opening.second, closesAt },
  ];
}

function closingOf(closing: Showing): number {
  if (closing.times === 'once') return closing.at;
  return closing.times === 'twice' ? closing.first : closing.changeAt;
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** @param wall what the clock shows, as the epoch milliseconds that it would be in UTC. */
function findShowing(zone: IANAZone, wall: number): Showing {
  const before = wall - zoneOffsetMs(zone, wall - dayMs);
  const after = wall - zoneOffsetMs(zone, wall + dayMs);
  if (before === after) return { times: 'once', at: before };
  const changeAt = findChange(zone, wall - dayMs, wall + dayMs);
  if (before < changeAt) {
    return after < changeAt
      ? { times: 'once', at: before }
      : { times: 'twice', first: before, second: after, changeAt };
  }
  return after < changeAt ? { times: 'never', movedOn: before, changeAt } : { times: 'once', at: after };
}

/** The first millisecond of the offset that the zone has at `to` and not yet at `from`. */
function findChange(zone: IANAZone, from: number, to: number): number {
  const offset = zoneOffsetMs(zone, to);
  let before = from;
  let after = to;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zoneOffsetMs(zone, middle) === offset) after = middle;
    else before = middle;
  }
  return after;
}
