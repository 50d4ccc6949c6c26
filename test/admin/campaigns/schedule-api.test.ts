import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';

let rig: AdminRig;
let folder: string;
const dateIn = (days: number) => DateTime.now().setZone('Asia/Jakarta').plus({ days }).toISODate() ?? '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-calendars-'));
  const file = join(folder, 'calendars.yaml');
  await writeFile(file, `indonesia: [${dateIn(3)} Nyepi]\n`);
  rig = await startAdminRig({ env: { SIARAN_CALENDARS_FILE: file } });
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const ask = (query: Record<string, string>, token = tokens.viewer) =>
  rig.ask('GET', `/api/v1/schedule?${new URLSearchParams(query)}`, { token });
const timeZone = 'Asia/Jakarta';

test('times and days are told as a cron, in words and as the next firings by the clock of their zone', async () => {
  const { status, body } = await ask({ times: '09:00', weekdays: 'mon,fri', timeZone });
  expect(status).toBe(200);
  expect(body).toMatchObject({ schedule: '0 9 * * mon,fri', words: 'at 09:00 on Monday and Friday', warning: null });
  expect(body.next).toHaveLength(5);
  for (const { at, shown } of body.next) {
    expect(at).toMatch(/T02:00:00\.000Z$/);
    expect(shown).toMatch(/^(?:Mon|Fri) .* 09:00 WIB$/);
  }
});

test('a cron is told as well, and an instant', async () => {
  expect((await ask({ schedule: '0 9 31 * *', timeZone, count: '2' })).body).toMatchObject({
    words: 'at 09:00 on the 31st of the month',
    warning: expect.stringContaining('the 31st is skipped in Feb'),
    next: [expect.anything(), expect.anything()],
  });
  expect((await ask({ schedule: '2090-01-01T08:00', timeZone })).body).toMatchObject({
    schedule: '2090-01-01T01:00:00.000Z',
    next: [{ shown: 'Sun 1 Jan 2090 08:00 WIB' }],
  });
});

test('dates on which it does not fire are told among the firings, each with its reason', async () => {
  const skipDates = `${dateIn(2)}, ${dateIn(400)}`;
  const { body } = await ask({ times: '09:00', timeZone, skipDates, calendar: 'indonesia' });
  const dates = (lines: { at: string }[]) => lines.map(({ at }) => at.slice(0, 10));
  const first = dates(body.next)[0] === dateIn(0) ? 0 : 1;
  const days = first === 0 ? [0, 1, 4, 5, 6] : [1, 4, 5, 6, 7];
  expect(dates(body.next)).toEqual(days.map(dateIn));
  expect(body.skipped).toMatchObject([
    {
      at: `${dateIn(2)}T02:00:00.000Z`,
      shown: expect.stringMatching(/ 09:00 WIB$/),
      reason: 'the campaign skips this date',
    },
    { at: `${dateIn(3)}T02:00:00.000Z`, reason: 'Nyepi, calendar indonesia' },
  ]);
  expect(body.warning).toMatch(/^Calendar indonesia ends on .*, and the firing of .* is after that/);
  expect((await ask({ times: '09:00', timeZone })).body).toMatchObject({ skipped: [], warning: null });
});

test.each([
  [{ times: '09:00', timeZone, skipDates: '2027-02-29' }, /skipDates has "2027-02-29"; write dates that there are/],
  [
    { times: '09:00', timeZone, calendar: 'malaysia' },
    /calendar is "malaysia", which SIARAN_CALENDARS_FILE doesn't have/,
  ],
  [{ times: '9', timeZone }, /times has "9"; write hours and minutes, such as 09:00/],
  [{ times: '', timeZone }, /"times" is empty/],
  [{ times: '09:00, 15:30', timeZone }, /one schedule can't say that/],
  [{ times: '09:00', weekdays: 'someday', timeZone }, /weekdays has "someday"/],
  [{ times: '09:00', monthDays: '32', timeZone }, /monthDays has "32"/],
  [{ times: '09:00' }, /has no time zone/],
  [{ schedule: '0 9 * * mon', times: '09:00', timeZone }, /leave out one of them/],
  [{ schedule: '0 9 * * mon', timeZone: 'WIB' }, /Asia\/Jakarta was probably meant/],
  [{ schedule: '0 9 * * mon', zone: timeZone }, /zone/],
])('%j is refused', async (query, words) => {
  expect(await ask(query as Record<string, string>)).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(words) },
  });
});
