import { Cron } from 'croner';
import { IANAZone } from 'luxon';
import { showMasked } from './phone-number.js';

export type Direction = 'later' | 'earlier';

const EXAMPLE = '0 9 * * mon';
const FIELDS = [
  { name: 'minute', right: '0 to 59, such as 30 or */15' },
  { name: 'hour', right: '0 to 23, such as 9 or 9-17' },
  { name: 'day of the month', right: '1 to 31, or L for the last, such as 1 or 1,15' },
  { name: 'month', right: '1 to 12 or jan to dec, such as 6 or jan,jul' },
  { name: 'weekday', right: '0 to 7 (0 and 7 are Sunday) or sun to sat, such as mon or 1-5' },
] as const;

/** Further than any wall clock is from UTC, and shorter than any two changes of a clock are apart. */
const LOOK_AROUND_MS = 2 * 24 * 60 * 60_000;

/**
 * What is wrong with a cron expression, ready to be shown, or undefined. Right are five fields (minute, hour, day of the month, month,
 * weekday), of which some wall-clock time after `now` fits all. Where days of the month and weekdays are both given, one of them is enough.
 */
export function cronFault(cron: string, now: Date): string | undefined {
  const fields = cron.trim().split(/\s+/);
  const counted = `minute, hour, day of the month, month and weekday, such as ${EXAMPLE}`;
  if (fields[0]?.startsWith('@')) return `${showMasked(fields[0])} is no cron here: write its five fields, ${counted}`;
  if (fields.length !== FIELDS.length)
    return `${showMasked(cron)} has ${fields.length} fields, a cron has five: ${counted}`;
  for (const [at, field] of FIELDS.entries()) {
    const text = fields[at] ?? '';
    const alone = FIELDS.map((_, other) => (other === at ? text : '*')).join(' ');
    if (!compiles(alone)) return `the ${field.name} of a cron can't be ${showMasked(text)}, it takes ${field.right}`;
  }
  if (!compiles(cron)) return `${showMasked(cron)} is no cron: it takes ${counted}`;
  if (compile(cron).nextRun(now) !== null) return undefined;
  return `the cron ${showMasked(cron)} never fires: no calendar has such a day; one that fires is ${EXAMPLE}`;
}

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
  const pattern = compile(cron);
  const next = (at: Date) => (direction === 'later' ? pattern.nextRun(at) : pattern.previousRuns(1, at)[0]);
  // croner leaves out the time that it starts from, and counts in whole seconds.
  let at = next(new Date(from + (direction === 'later' ? -1000 : 1000)));
  while (at) {
    yield at.getTime();
    at = next(at);
  }
}

function instantOf(zone: IANAZone, wallClock: number): number {
  const [before, after] = offsetsAround(zone, wallClock);
  const stands = (offset: number) => offsetAt(zone, wallClock - offset) === offset;
  // Twice there: the offset before the change gives the first. Not there: it gives the time that is as much later as the gap is long.
  return wallClock - (stands(before) || !stands(after) ? before : after);
}

function offsetsAround(zone: IANAZone, at: number): [before: number, after: number] {
  return [offsetAt(zone, at - LOOK_AROUND_MS), offsetAt(zone, at + LOOK_AROUND_MS)];
}

/** How far the clock is ahead of UTC, in ms. */
function offsetAt(zone: IANAZone, at: number): number {
  return zone.offset(at) * 60_000;
}

function compiles(cron: string): boolean {
  try {
    compile(cron);
    return true;
  } catch {
    return false;
  }
}

function compile(cron: string): Cron {
  return new Cron(cron, { mode: '5-part', utcOffset: 0, paused: true });
}
