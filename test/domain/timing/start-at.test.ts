import { describe, expect, it } from '@jest/globals';
import { formatStartedAt, parseStartAt } from '../../../src/domain/timing/start-at.js';

function read(text: string, timeZone?: string): string {
  const reading = parseStartAt(text, timeZone);
  return reading.ok ? reading.at.toISOString() : reading.reason;
}

describe('the start of a run', () => {
  it.each([
    ['2026-12-01T09:00:00+07:00', undefined, '2026-12-01T02:00:00.000Z'],
    ['2026-12-01T09:00:00Z', undefined, '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00:00.250Z', undefined, '2026-12-01T09:00:00.250Z'],
    ['2026-12-01T09:00+0700', undefined, '2026-12-01T02:00:00.000Z'],
    ['2026-12-01 09:00', 'Asia/Jakarta', '2026-12-01T02:00:00.000Z'],
    ['2026-12-01T09:00:30', 'Asia/Makassar', '2026-12-01T01:00:30.000Z'],
    ['2026-12-01T09:00:00Z', 'Asia/Jakarta', '2026-12-01T09:00:00.000Z'],
  ])('%s in %s is %s', (text, timeZone, instant) => {
    expect(read(text, timeZone)).toBe(instant);
  });

  it('without an offset needs a time zone', () => {
    expect(read('2026-12-01T09:00')).toMatch(/offset.*2026-12-01T09:00\+07:00.*time zone/);
  });

  it.each(['Jakarta', 'UTC+7', '', 'Asia/Jakarta2'])('refuses %j as a time zone', (timeZone) => {
    expect(read('2026-12-01T09:00Z', timeZone)).toMatch(/no IANA time zone/);
  });

  it.each([
    'tomorrow',
    '',
    '2026-12-01',
    '09:00',
    '2026-W49-2T09:00Z',
    '2026-12-01T24:00Z',
    '2026-12-01T09:00+25:00',
    '1.12.2026 09:00',
  ])('refuses %j, which is no date and time', (text) => {
    expect(read(text, 'Asia/Jakarta')).toMatch(/no date and time/);
  });

  it.each(['2026-02-30T09:00Z', '2026-13-01T09:00Z', '2026-12-01T09:61Z', '2027-02-29T09:00'])(
    'refuses %s, which no calendar has',
    (text) => {
      expect(read(text, 'Asia/Jakarta')).toMatch(/not a date of the calendar/);
    },
  );

  it('refuses an hour that the change to summer time skips', () => {
    expect(read('2026-03-29T02:30', 'Europe/Berlin')).toMatch(/doesn't exist in Europe\/Berlin/);
    expect(read('2026-03-29T03:00', 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('takes the first of an hour that occurs twice', () => {
    expect(read('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(read('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });
});

describe('started_at', () => {
  const now = new Date('2026-12-01T09:00:00.000Z');

  it('is written in UTC with Z', () => {
    expect(formatStartedAt(now)).toBe('2026-12-01T09:00:00.000Z');
  });
});
