import { describe, expect, it } from '@jest/globals';
import { showInstant } from '../../../src/domain/timing/show-instant.js';

describe('an instant for people', () => {
  it.each([
    ['2026-12-31T02:00:00.000Z', 'Asia/Jakarta', 'Thu 31 Dec 2026 09:00 WIB'],
    ['2026-12-31T02:00:00.000Z', 'asia/jakarta', 'Thu 31 Dec 2026 09:00 WIB'],
    ['2026-12-31T02:00:00.000Z', 'Asia/Makassar', 'Thu 31 Dec 2026 10:00 WITA'],
    ['2026-12-31T02:00:00.000Z', 'Asia/Jayapura', 'Thu 31 Dec 2026 11:00 WIT'],
    ['2026-12-31T17:00:00.000Z', 'Asia/Jakarta', 'Fri 1 Jan 2027 00:00 WIB'],
    ['2026-12-31T02:00:00.000Z', 'UTC', 'Thu 31 Dec 2026 02:00 UTC'],
    ['2026-12-31T02:00:00.000Z', 'Asia/Kolkata', 'Thu 31 Dec 2026 07:30 UTC+5:30'],
    ['2026-12-31T02:00:00.000Z', 'Etc/GMT-7', 'Thu 31 Dec 2026 09:00 UTC+7'],
    ['2026-10-25T00:30:00.000Z', 'Europe/Berlin', 'Sun 25 Oct 2026 02:30 UTC+2'],
    ['2026-10-25T01:30:00.000Z', 'Europe/Berlin', 'Sun 25 Oct 2026 02:30 UTC+1'],
    ['2026-12-31T02:00:07.900Z', 'Asia/Jakarta', 'Thu 31 Dec 2026 09:00:07 WIB'],
  ])('%s in %s is %s', (at, timeZone, shown) => {
    expect(showInstant(at, timeZone)).toBe(shown);
    expect(showInstant(new Date(at), timeZone)).toBe(shown);
  });

  it('is by the clock of the machine where no zone is given', () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(showInstant('2026-12-31T02:00:00.000Z')).toBe(showInstant('2026-12-31T02:00:00.000Z', timeZone));
  });
});
