import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/rig.js';
import { openSetting, type Setting } from '../setting.js';
import { start } from '../siaran.js';

let setting: Setting;

beforeAll(async () => {
  setting = await openSetting();
  const audience = "sql:SELECT '6281234567890' AS phone_number FROM pg_sleep(3600)";
  const rest = { templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 * * mon', timeZone: 'UTC' };
  await setting.siaran.addCampaign({ name: 'Slow', audience, ...rest });
});

afterAll(() => setting.close());

const queries = () =>
  setting.environment.query<{ state: string }>(
    "SELECT state FROM pg_stat_activity WHERE application_name = 'siaran audience' AND datname = current_database()",
  );

test.each([
  ['SIGINT', 130],
  ['SIGKILL', null],
] as const)('a query that is counted is ended on the server when its command gets %s', async (signal, code) => {
  const counting = start(['campaign', 'show', 'Slow', '--next', '1'], { env: setting.env });
  await eventually(queries, ([query]) => query?.state === 'active');
  counting.child.kill(signal);
  expect((await counting.ended).code).toBe(code);
  expect(await eventually(queries, (left) => left.length === 0)).toEqual([]);
});
