import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { run } from '../siaran.js';

let setting: Setting;

beforeAll(async () => {
  setting = await openSetting();
});

afterAll(() => setting.close());

async function found(audienceUrl: string) {
  const env = { ...setting.env, SIARAN_AUDIENCE_DATABASE_URL: audienceUrl };
  const { stdout } = await run(['doctor', '--json'], { env });
  return (JSON.parse(stdout) as { check: string }[]).find(({ check }) => check === 'Audiences by SQL');
}

it('the doctor says as whom audiences are asked, and objects to a role that can do more than read', async () => {
  const { audienceUrl, databaseUrl } = setting.environment;
  expect(await found(audienceUrl)).toMatchObject({
    ...{ ok: true, todo: null },
    detail: expect.stringMatching(
      /^siaran_audience at 127\.0\.0\.1:\d+\/t_\w+, in Siaran's own database: .* for as long as SIARAN_AUDIENCE_TIMEOUT$/,
    ),
  });
  expect(await found(databaseUrl)).toMatchObject({
    ...{ ok: false, todo: expect.stringMatching(/CREATE ROLE .*GRANT SELECT ON/s) },
    detail: expect.stringContaining('the role postgres is the role of DATABASE_URL'),
  });
  expect(await found('postgres://siaran_audience@127.0.0.1:9/crm')).toMatchObject({
    ...{ ok: false, todo: 'Correct SIARAN_AUDIENCE_DATABASE_URL.' },
    detail: expect.stringContaining('127.0.0.1:9/crm'),
  });
});

it('the doctor misses the address where a campaign asks for recipients, and only there', async () => {
  expect(await found('')).toMatchObject({ ok: true });
  await setting.siaran.addCampaign({
    ...{ name: 'Weekly', templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 * * mon', timeZone: 'UTC' },
    audience: "sql:SELECT '6281234567890' AS phone_number",
  });
  expect(await found('')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('SIARAN_AUDIENCE_DATABASE_URL is not set'),
  });
});

it('the doctor misses the folder of files where a campaign has one, or where it is not there', async () => {
  const dirFound = async (dir: string) => {
    const { stdout } = await run(['doctor', '--json'], { env: { ...setting.env, SIARAN_AUDIENCE_DIR: dir } });
    return (JSON.parse(stdout) as { check: string }[]).find(({ check }) => check === 'Audiences from files');
  };
  expect(await dirFound('')).toMatchObject({ ok: true, todo: null });
  expect(await dirFound(setting.folder)).toMatchObject({ ok: true, detail: setting.folder });
  expect(await dirFound(`${setting.folder}/gone`)).toMatchObject({ ok: false });
  const path = await setting.file('phone_number\n6281234567890\n');
  await setting.siaran.addCampaign({
    ...{ name: 'Members', templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 * * mon', timeZone: 'UTC' },
    audience: `file:${path}`,
  });
  expect(await dirFound('')).toMatchObject({ ok: false, todo: expect.stringContaining('Set SIARAN_AUDIENCE_DIR') });
});
