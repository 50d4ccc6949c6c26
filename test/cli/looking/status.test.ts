import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invoices } from '../../support/rig.js';
import { december } from '../../support/runs.js';
import { openSetting, type Setting } from '../setting.js';
import { run } from '../siaran.js';

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting();
});
afterAll(() => setting.close());

test('status exits with 0 when nothing waits for a person, and with 1 and the command when something does', async () => {
  const { env, siaran } = setting;
  expect(await run(['status'], { env })).toMatchObject({ code: 0, stdout: 'Nothing needs you.\n', stderr: '' });
  expect(await run(['status', '--json'], { env })).toMatchObject({ code: 0, stdout: '{"attention":[]}\n' });
  await siaran.broadcast({ ...december, recipients: invoices(3) });
  const told = await run(['status', '--json'], { env });
  expect(told.code).toBe(1);
  expect(JSON.parse(told.stdout)).toEqual({
    attention: [
      {
        ...{ kind: 'workers', runId: null, batchId: null, campaign: null, account: null, name: null, recipients: 3 },
        ...{ reason: 'no worker is alive', action: 'siaran worker' },
      },
    ],
  });
  const shown = await run(['status'], { env });
  expect(shown.code).toBe(1);
  expect(shown.stdout).toContain('1 thing needs you');
  expect(shown.stdout).toMatch(/workers +nobody delivers; 3 recipients wait: no worker is alive\n +siaran worker\n/);
});
