import { expect, test } from '@jest/globals';
import { settingsOf, timingForm, writtenSettings } from '../../../src/admin/drafts/timing-fields.js';
import { weekdays } from '../../../src/domain/schedules/day-schedule.js';
import type { DraftSettings } from '../../../src/pipeline/drafts/draft.js';

const written = (form: object) => timingForm.parse({ timeZone: 'Asia/Jakarta', days: [...weekdays], ...form });
const saved = (form: object, before: DraftSettings = {}) => settingsOf(before, written(form));
const hours = { from: '09:00', until: '17:00' };
const workdays = weekdays.slice(0, 5);

test('days that are ticked without hours are not forgotten: the form is refused', () => {
  expect(() => saved({ days: workdays })).toThrow(/Days count within hours.*00:00 and 23:59/);
  expect(saved({ days: workdays, ...hours })).toMatchObject({ window: '09:00-17:00', windowDays: workdays.join(',') });
  expect(saved({})).toEqual({ timeZone: 'Asia/Jakarta' });
});

test('hours on no day at all are refused, and not taken for every day', () => {
  expect(() => saved({ days: [], ...hours })).toThrow(/Tick at least one day/);
  expect(saved(hours)).not.toHaveProperty('windowDays');
});

test('a day or time that is written beside "at once" is refused, unless it stood there before', () => {
  expect(() => saved({ when: 'now', date: '2026-12-24', time: '09:00' })).toThrow(/at once.*2026-12-24 09:00/);
  // As a program may have set it: with an offset in place of a zone.
  const before = { startAt: '2026-12-24T02:00:00Z' };
  const shown = writtenSettings(before);
  expect(settingsOf(before, { ...shown, when: 'now' })).not.toHaveProperty('startAt');
  expect(() => settingsOf(before, { ...shown, when: 'now', date: '2026-12-31' })).toThrow(/2026-12-31 09:00/);
  expect(settingsOf(before, { ...shown, when: 'later' })).toMatchObject({ startAt: '2026-12-24T09:00' });
});
