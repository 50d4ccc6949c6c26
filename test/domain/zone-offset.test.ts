import { expect, test } from '@jest/globals';
import { IANAZone } from 'luxon';
import { zoneOffsetMs } from '../../src/domain/timing/zone-offset.js';

const day = 86_400_000;
const zones = ['Asia/Jakarta', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Chatham'];
zones.push('Africa/Casablanca', 'Antarctica/Troll', 'America/St_Johns', 'Asia/Tehran', 'Europe/Dublin', 'Asia/Gaza');

test.each(zones)('is that of Intl before, at and after each change of the clock: %s', (name) => {
  const zone = IANAZone.create(name);
  const differing: string[] = [];
  const compare = (at: number) => {
    if (zoneOffsetMs(zone, at) !== zone.offset(at) * 60_000) differing.push(new Date(at).toISOString());
  };
  for (let at = Date.UTC(2010); at < Date.UTC(2036); at += day) {
    if (zone.offset(at) === zone.offset(at + day)) continue;
    let [before, after] = [at, at + day];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (zone.offset(middle) === zone.offset(at)) before = middle;
      else after = middle;
    }
    // From the later minute backward: what was asked before must not answer for what is earlier.
    for (const ms of [900_000, 60_000, 59_999, 1, 0, -1, -60_000, -900_000]) compare(after + ms);
  }
  expect(differing).toEqual([]);
});
