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
        ...{ draftId: null, reason: 'no worker is alive', action: 'siaran worker' },
      },
    ],
  });
  const shown = await run(['status'], { env });
  expect(shown.code).toBe(1);
  expect(shown.stdout).toContain('1 thing needs you');
  expect(shown.stdout).toMatch(/workers +nobody delivers; 3 recipients wait: no worker is alive\n +siaran worker\n/);
});

test('runs are listed by what is asked of them, and a word that is no state is refused', async () => {
  const { env, siaran } = setting;
  await siaran.stopAll();
  const { runId } = await siaran.broadcast({ ...december, name: 'Held back', recipients: invoices(2) });
  const listed = async (...args: string[]) =>
    JSON.parse((await run(['runs', ...args, '--json'], { env })).stdout).map(({ id }: { id: string }) => id);
  expect(await listed('--state', 'held', '--name', 'held b')).toEqual([runId]);
  expect(await listed('--state', 'held', '--kind', 'message')).toEqual([]);
  expect(await run(['runs', '--name', 'nothing like it'], { env })).toMatchObject({ stdout: 'No run fits.\n' });
  expect(await run(['runs', '--state', 'helt'], { env })).toMatchObject({ code: 2 });
});

test('everything is stopped by one command that says so, and let go by another', async () => {
  const { env, siaran } = setting;
  await siaran.go();
  expect(await run(['stop'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('siaran stop --all') });
  expect(await siaran.stops()).toEqual([]);
  const stopped = await run(['stop', '--all'], { env: { ...env, SIARAN_ACTOR: 'dewi' } });
  expect(stopped).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Stopped: 2 runs and 0 campaigns\.\nheld +5 recipients/),
  });
  expect(await run(['resume', '--all'], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^Everything has been stopped since .* by dewi: siaran go --all\nNo account is held otherwise; nothing was done\.\n$/,
    ),
  });
  expect(JSON.parse((await run(['stop', '--all', '--json'], { env })).stdout)).toMatchObject({
    ...{ runs: 2, campaigns: 0, held: { recipients: 5 }, handedOver: { batches: 0, recipients: 0 } },
  });
  expect((await run(['go', '--all'], { env })).stdout).toMatch(/^Everything goes on\./);
  expect(await run(['go', '--all', '--json'], { env })).toMatchObject({ stdout: '{"lifted":false,"standing":[]}\n' });
});
