import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BulkResult } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, chunked, deliver } from '../../support/runs.js';
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

test('what was handed over of runs that fit is told with its jobs and runs, also where nothing is left to cancel', async () => {
  const startAt = new Date(Date.now() + 86_400_000);
  const id = await chunked(rig, 1_001, { name: 'Handed over', startAt });
  await deliver(rig, id, 1);
  const cancel = ['cancel', '--name', 'handed', '--yes'];
  const told = [
    "handed over  1,000 recipients in 1 batch, which can't be called back here",
    'starts later 1,000 recipients in 1 batch, of what is handed over',
    'To be cancelled at Qiscus, before they start:',
    expect.stringMatching(
      new RegExp(`^ {2}broadcast job \\d+ {2}${batchIdOf(id, 1)} {2}starts .*1,000 recipients {2}Handed over$`),
    ),
    '',
  ];
  const look = await run([...cancel, '--dry-run'], { env });
  expect(look.stdout.split('\n')).toEqual(['Would cancel: 1 run with 1 recipient. Nothing was done.', ...told]);
  const done = await run(cancel, { env });
  expect(done.stdout.split('\n')).toEqual(['Cancelled: 1 run with 1 recipient', ...told]);
  await chunkRun(rig.ctx, id);
  const again = await run(cancel, { env });
  expect(again.stdout).toContain('No run fits in which there is anything to cancel; nothing was done.');
  expect(again.stdout.split('\n').slice(1)).toEqual(told);
  const { tooLate } = await json<BulkResult>(cancel, { env });
  expect(tooLate).toMatchObject({ jobs: [{ runId: id, startedAt: startAt.toISOString() }] });
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
