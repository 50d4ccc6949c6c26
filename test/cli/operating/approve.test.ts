import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApprovalView } from '../../../src/index.js';
import { finished } from '../../support/rig.js';
import { list, openSetting, type Setting } from '../setting.js';
import { json, run, until } from '../siaran.js';

let setting: Setting;
let ada: Record<string, string>;
let bo: Record<string, string>;

beforeAll(async () => {
  const env = { SIARAN_APPROVAL_ABOVE: '10', SIARAN_ADMIN_URL: 'https://admin.example.com/' };
  setting = await openSetting({ worker: true, env });
  ada = { ...setting.env, SIARAN_ACTOR: 'ada' };
  bo = { ...setting.env, SIARAN_ACTOR: 'bo' };
});
afterAll(() => setting.close());

const options = ['--template-detail-id', '172', '--name', 'December', '--again'];

async function waiting(): Promise<{ runId: string; sent: string }> {
  const path = await setting.file(list(12));
  const { stdout } = await run(['send', path, ...options], { env: ada });
  const runId = /^Run (\w+)/.exec(stdout)?.[1] ?? '';
  await until(async () => (await setting.siaran.run(runId)).status === 'paused', 'that it waits');
  return { runId, sent: stdout };
}

test('what a run waits for is told where it is sent and shown', async () => {
  const { runId, sent } = await waiting();
  const page = `https://admin.example.com/runs/${runId}/approve`;
  expect(sent).toContain(`siaran approve ${runId}  (not by ada)\n  ${page}`);
  const shown = await run(['run', runId], { env: ada });
  expect(shown.stdout).toContain('waiting for approval');
  expect(shown.stdout).toContain(
    'it has 12 people, more than 10, and waits until somebody other than ada has approved it',
  );
  expect(shown.stdout).toContain(`until \`siaran approve ${runId}\``);
  expect(shown.stdout).toContain(page);
  expect((await run(['runs'], { env: ada })).stdout).toMatch(new RegExp(`${runId} .*waiting for approval`));
  expect(await run(['resume', runId], { env: ada })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`siaran approve ${runId}`),
  });
});

test('it is shown what is approved, and somebody else approves it, once', async () => {
  const { runId } = await waiting();
  const shown = await run(['approve', runId, '--show'], { env: bo });
  for (const line of [
    'people       12',
    'asked        of runs with more than 10',
    'started by   ada',
    'starts       at once',
  ])
    expect(shown.stdout).toContain(line);
  expect(shown.stdout).toContain('cost         not known: there is no price list');
  const asked = await json<ApprovalView>(['approve', runId, '--show'], { env: bo });
  expect(asked).toMatchObject({ people: 12, waits: true });
  expect(asked.rows).toHaveLength(5);
  // Nobody can be asked here.
  const unasked = await run(['approve', runId], { env: bo });
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  const own = await run(['approve', runId, '--yes'], { env: ada });
  expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('somebody else has to approve it') });
  const old = await run(['approve', runId, '--yes', '--state', 'older'], { env: bo });
  expect(old).toMatchObject({ code: 1, stderr: expect.stringContaining('has changed since you looked') });
  expect(await json(['approve', runId, '--yes', '--state', asked.state], { env: bo })).toEqual({
    ...{ runId, people: 12, version: null },
  });
  await finished(setting.siaran, runId);
  expect((await run(['run', runId], { env: ada })).stdout).toMatch(/approved +by bo at /);
  expect(await run(['approve', runId, '--yes'], { env: bo })).toMatchObject({ code: 0 });
  expect((await run(['audit', '--target', runId, '--action', 'approve'], { env: ada })).stdout).toContain(
    'bo approved',
  );
});
