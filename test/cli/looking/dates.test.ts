import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invoiceColumns } from '../../support/rig.js';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let jakarta: { env: Record<string, string> };

beforeAll(async () => {
  setting = await openSetting();
  jakarta = { env: { ...setting.env, TZ: 'Asia/Jakarta' } };
  for (const begun of [
    '2026-11-28T16:59:59Z',
    '2026-11-28T17:00:00Z',
    '2026-11-29T16:59:59Z',
    '2026-11-29T17:00:00Z',
  ]) {
    const { id } = await setting.siaran.startRun({ name: begun, templateDetailId: 172, columns: invoiceColumns });
    await setting.environment.query('UPDATE runs SET created_at = $2 WHERE id = $1', [id, begun]);
  }
});
afterAll(() => setting.close());

test('a date is that day by the clock of the machine: from its first moment, and to its last', async () => {
  const named = async (...args: string[]) =>
    (await json<{ name: string }[]>(['runs', ...args], jakarta)).map(({ name }) => name);
  const day = ['2026-11-29T16:59:59Z', '2026-11-28T17:00:00Z'];
  expect(await named('--since', '2026-11-29', '--until', '2026-11-29')).toEqual(day);
  expect(await named('--since', '2026-11-29')).toEqual(['2026-11-29T17:00:00Z', ...day]);
  expect(await named('--until', '2026-11-29')).toEqual([...day, '2026-11-28T16:59:59Z']);
  expect(await named('--until', '2026-11-29T00:00:00+07:00')).toEqual(['2026-11-28T16:59:59Z']);
});

test('so it is in the audit log, and where runs are cancelled', async () => {
  expect(await json(['audit', '--until', '2020-01-01'], jakarta)).toEqual([]);
  const { stdout } = await run(['cancel', '--since', '2026-11-29', '--until', '2026-11-29', '--dry-run'], jakarta);
  expect(stdout).toContain('2 runs');
});

test.each(['2026-02-30', '2026-13-01', '0026-01-01', '29/11/2026', 'today'])('%s is neither', async (text) => {
  expect(await run(['runs', '--since', text], jakarta)).toMatchObject({
    ...{
      code: 2,
      stderr: expect.stringMatching(/is not an instant; write for example .*, or 2026-12-01 for that day/),
    },
  });
});
