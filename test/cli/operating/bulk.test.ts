import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BulkResult } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked } from '../../support/runs.js';
import { json, run } from '../siaran.js';

let rig: Rig;
let env: Record<string, string>;
beforeAll(async () => {
  rig = await startRig();
  env = rig.env as Record<string, string>;
});
afterAll(() => rig.close());

test('runs that fit are looked at, and cancelled once that is said to be meant', async () => {
  const ids = [await chunked(rig, 3, { name: 'Promo' }), await chunked(rig, 4, { name: 'Promo' })];
  const other = await chunked(rig, 5, { name: 'Invoices' });
  const cancel = ['cancel', '--name', 'promo', '--kind', 'broadcast'];
  const look = await run([...cancel, '--dry-run'], { env });
  expect(look).toMatchObject({ code: 0, stdout: 'Would cancel: 2 runs with 7 recipients. Nothing was done.\n' });
  const unasked = await run(cancel, { env });
  expect(unasked).toMatchObject({ code: 2, stdout: '' });
  expect(unasked.stderr).toContain('2 runs with 7 recipients would be concerned, and nobody can be asked here');
  for (const id of [...ids, other]) expect((await rig.siaran.run(id)).recipients.cancelled).toBe(0);
  expect(await run([...cancel, '--yes'], { env })).toMatchObject({
    code: 0,
    stdout: 'Cancelled: 2 runs with 7 recipients\n',
  });
  for (const id of ids) {
    await chunkRun(rig.ctx, id);
    expect((await rig.siaran.run(id)).status).toBe('finished');
  }
  expect((await rig.siaran.run(other)).recipients.pending).toBe(5);
  const again = await json<BulkResult>([...cancel, '--yes'], { env });
  expect(again).toMatchObject({ found: { runs: 0, recipients: 0 }, done: { runs: 0 }, refused: [] });
});

test('paused runs that fit go on, and `--account` and `--all` alone still lift holds of accounts', async () => {
  const id = await chunked(rig, 2, { name: 'Paused' });
  await rig.siaran.pause(id);
  const resumed = await run(['resume', '--state', 'paused', '--account', 'default', '--yes'], { env });
  expect(resumed).toMatchObject({ code: 0, stdout: 'Resumed: 1 run with 2 recipients\n' });
  expect((await rig.siaran.run(id)).status).toBe('sealed');
  expect((await run(['resume', '--all'], { env })).stdout).toContain('No account is held; nothing was done.');
  expect((await run(['resume', '--account', 'default'], { env })).stdout).toContain('default is not held');
});

test.each([
  [['cancel'], 'Name a run, or say which runs by --state'],
  [['retry'], 'Name a run or batch, or say which runs by --state'],
  [['cancel', 'r1', '--state', 'held'], 'not both'],
  [['retry', 'r1', '--all'], 'not both'],
  [['cancel', 'r1', '--dry-run'], '--dry-run and --yes go with'],
  [['cancel', '--name', ''], 'say what'],
  [['resume', '--all', '--state', 'paused'], '--all lifts the holds of accounts'],
  [['resume', '--yes'], 'Name a run'],
])('%j is refused, and nothing is done', async (args, why) => {
  const refused = await run(args, { env });
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain(why);
});
