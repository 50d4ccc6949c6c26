import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

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

test.each([
  [{ times: '9', timeZone }, /times has "9"; write hours and minutes, such as 09:00/],
  [{ times: '', timeZone }, /times is empty/],
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
