import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { type Context, openContext } from '../../../src/context.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { finished, phoneNumber } from '../../support/rig.js';
import { item, readItems } from '../../support/statuses.js';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let env: Record<string, string>;
let ctx: Context;

beforeAll(async () => {
  setting = await openSetting({ worker: true });
  env = setting.env;
  ctx = openContext(parseConfig(env));
});
afterAll(async () => {
  await ctx.close();
  await setting.close();
});

const numbers = [1, 2, 3].map(phoneNumber);
const [first = '', second = ''] = numbers;
type Resent = { runId: string; recipients: number; leftOut: Record<string, number> };

async function sent(): Promise<string> {
  const path = await setting.file(`phone_number,customer_name\n${numbers.map((each) => `${each},Toko`).join('\n')}\n`);
  const options = ['--template-detail-id', '172', '--name', 'December', '--again'];
  const { runId } = await json<{ runId: string }>(['send', path, ...options], { env });
  await finished(setting.siaran, runId);
  const [batch] = await setting.siaran.batches(runId);
  const at = new Date();
  const told = [item(`f${batch?.id}`, 'failed', at, first, 131026), item(`d${batch?.id}`, 'read', at, second)];
  await new CallbackGroups(ctx).receive('default', readItems(told));
  return runId;
}

test('a run is sent again to whom it did not reach; counted before, told by the reason, and once only', async () => {
  const runId = await sent();
  const counted = await json<Resent>(['resend', runId, '--failed', '--dry-run'], { env });
  expect(counted).toEqual({ runId: null, recipients: 1, leftOut: { delivered: 1, unanswered: 1 } });
  const resent = await run(['resend', runId, '--failed', '--codes', '131026,131053', '--name', 'again'], { env });
  expect(resent.stdout).toMatch(
    /^Run r\w+ is sent to 1 recipient again\.\n {2}left out: +1 {2}their message was delivered\n/,
  );
  const repeated = await run(['resend', runId, '--failed', '--codes', '131053,131026'], { env });
  expect(repeated.stdout).toMatch(/^It was sent again before, as run r\w+, with 1 recipient\. Say --again/);
  const recounted = await run(['resend', runId, '--failed', '--codes', '131053,131026', '--dry-run'], { env });
  expect(recounted.stdout).toBe(repeated.stdout);
  const [newId = ''] = (await setting.siaran.run(runId)).resends;
  await finished(setting.siaran, newId);
  expect(numbers.map((number) => setting.sandbox.accepted.deliveriesTo(number))).toEqual([2, 1, 1]);
  expect((await run(['run', newId], { env })).stdout).toContain(`to those whom run ${runId} did not reach`);
  expect((await run(['run', runId], { env })).stdout).toMatch(new RegExp(`sent again +as run ${newId}`));
});

test('what is wrong is named', async () => {
  const wrong = async (...options: string[]) => (await run(['resend', 'r0', ...options], { env })).stderr;
  expect(await wrong('--failed', '--codes', 'many')).toContain('--codes has "many"');
  // Codes have one to nine digits, here and where an export is filtered by them.
  expect(await wrong('--failed', '--codes', '131026,1234567890')).toContain('--codes has "1234567890"');
  expect(await wrong('--failed', '--codes', '1, 131026')).toContain('There is no run "r0"');
  expect(await wrong()).toContain('Say whose');
  expect(await run(['resend', 'rnobody00', '--failed'], { env })).toMatchObject({ code: 1 });
});

test('an export, or some rows of one, is a file to send as it is', async () => {
  const runId = await sent();
  const exported = (await run(['export', runId], { env })).stdout.split('\r\n');
  const [head = '', ...rows] = exported;
  expect(head).toMatch(/^phone_number,customer_name,batch,.*,notes$/);
  const path = await setting.file(
    `${[head, ...rows.filter((row) => row.includes(',failed,131026,'))].join('\r\n')}\r\n`,
  );
  const again = await json(['send', path, '--template-detail-id', '172', '--name', 'by hand', '--dry-run'], { env });
  expect(again).toMatchObject({ accepted: 1, rejected: 0 });
  const other = await setting.file(`phone_number,status,notes\n${first},failed,x\n`);
  const refused = await run(['send', other, '--template-detail-id', '172', '--name', 'no export', '--dry-run'], {
    env,
  });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('"status" and "notes" are unknown') });
});
