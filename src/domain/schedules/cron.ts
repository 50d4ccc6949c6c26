import { Cron } from 'croner';
import { IANAZone } from 'luxon';
import { zoneOffsetMs } from '../timing/zone-offset.js';

export type Direction = 'later' | 'earlier';

/** Further than any wall clock is from UTC, and shorter than any two changes of a clock are apart. */
const LOOK_AROUND_MS = 2 * 24 * 60 * 60_000;

/**
 * The instants (ms since the epoch) at which a cron fires in an IANA time zone, each once, in order, without end: from `from` on, or back
 * from it when `direction` is `earlier`. The first few may lie on the other side of `from`. A time that the clock skips fires as much
 * later as the clock is put forward; one that the clock shows twice fires the first time only.
 */
export function* cronInstants(cron: string, timeZone: string, from: Date, direction: Direction): Generator<number> {
  const zone = IANAZone.create(timeZone);
  const later = direction === 'later';
  const [least, most] = later ? [Math.min, Math.max] : [Math.max, Math.min];
  // When the clock is put forward, a skipped time comes after those that follow it: an instant waits until none can come before it.
  let waiting: number[] = [];
  for (const wallClock of wallClocks(cron, from.getTime() + least(...offsetsAround(zone, from.getTime())), direction)) {
    const nothingBefore = wallClock - most(...offsetsAround(zone, wallClock));
    const isSettled = (instant: number) => (later ? instant < nothingBefore : instant > nothingBefore);
    yield* waiting.filter(isSettled);
    waiting = waiting.filter((instant) => !isSettled(instant));
    const instant = instantOf(zone, wallClock);
    if (!waiting.includes(instant)) waiting.push(instant);
    waiting.sort((a, b) => (later ? a - b : b - a));
  }
  yield* waiting;
}

/** Wall-clock times as if the clock hung in UTC (ms since the epoch), so that no change of a clock is left to croner. */
function* wallClocks(cron: string, from: number, direction: Direction): Generator<number> {
  const pattern = compileCron(cron);
  const next = (at: Date) => (direction === 'later' ? pattern.nextRun(at) : pattern.previousRuns(1, at)[0]);
  // croner leaves out the time that it starts from, and counts in whole seconds.
  let at = next(new Date(from + (direction === 'later' ? -1000 : 1000)));
  while (at) {
    yield at.getTime();
    at = next(at);
  }
}

/** The date that a time zone's calendar shows at an instant (ms since the epoch), as `2027-01-01`. */
export function dateAt(timeZone: string, at: number): string {
  return new Date(at + zoneOffsetMs(IANAZone.create(timeZone), at)).toISOString().slice(0, 10);
}

/** When a date begins in a time zone (ms since the epoch): at its first instant, where the clock has no midnight. */
export function startOfDate(timeZone: string, date: string): number {
  return instantOf(IANAZone.create(timeZone), Date.parse(`${date}T00:00:00Z`));
}

function instantOf(zone: IANAZone, wallClock: number): number {
  const [before, after] = offsetsAround(zone, wallClock);
  const stands = (offset: number) => zoneOffsetMs(zone, wallClock - offset) === offset;
  // Twice there: the offset before the change gives the first. Not there: it gives the time that is as much later as the gap is long.
  return wallClock - (stands(before) || !stands(after) ? before : after);
}

function offsetsAround(zone: IANAZone, at: number): [before: number, after: number] {
  return [zoneOffsetMs(zone, at - LOOK_AROUND_MS), zoneOffsetMs(zone, at + LOOK_AROUND_MS)];
}

/** @throws {Error} of croner's if it is no cron. */
export function compileCron(cron: string): Cron {
  return new Cron(cron, { mode: '5-part', utcOffset: 0, paused: true });
}
