import type { IANAZone } from 'luxon';

const minuteMs = 60_000;

/** Of each zone, what was asked for before: a schedule asks for the same days again and again, and Intl takes long to answer. */
const known = new WeakMap<IANAZone, Map<number, number>>();
const mostKnown = 20_000;

/** How far a zone's clock is ahead of UTC at an instant, in ms. Since 1972 clocks are changed at whole minutes of UTC only. */
export function zoneOffsetMs(zone: IANAZone, at: number): number {
  const offsets = known.get(zone) ?? new Map<number, number>();
  known.set(zone, offsets);
  const minute = Math.floor(at / minuteMs);
  const offset = offsets.get(minute) ?? zone.offset(minute * minuteMs) * minuteMs;
  if (offsets.size >= mostKnown) offsets.clear();
  offsets.set(minute, offset);
  return offset;
}
