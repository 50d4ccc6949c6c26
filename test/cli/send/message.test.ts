import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let sandbox: Setting['sandbox'];
let env: Setting['env'];

beforeAll(async () => {
  setting = await openSetting({ worker: true, env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  ({ sandbox, env } = setting);
});

afterAll(() => setting.close());

const template = ['--template-detail-id', '172', '--channel-id', '534', '--template-name', 'reminder'];
const settings = [...template, '--namespace', '6616bb93_d895', '--language', 'id'];

type Message = { runId: string; batchId: string; status: string; broadcastJobId: number; broadcastLogId: number };

it('sends one message, tells its ids, and sends nothing the second time', async () => {
  const args = ['message', '0812 3456 7890', ...settings, '--variables', 'Ada,Rp. 30.000', '--key', 'INV-7'];
  const sent = await json<Message>([...args, '--button-params', '[{"type":"url","values":"coba","index":0}]'], { env });
  expect(sent).toEqual({
    runId: expect.stringMatching(/^r\w{8}$/),
    batchId: `${sent.runId}-0001`,
    status: 'scheduled',
    broadcastJobId: sandbox.accepted.jobs()[0]?.id,
    broadcastLogId: expect.any(Number),
    error: null,
  });
  const again = await run([...args, '--button-params', '[{"type":"url","values":"coba","index":0}]'], { env });
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`broadcast job ${sent.broadcastJobId}`) });
  expect(sandbox.accepted.deliveriesTo('6281234567890')).toBe(1);
});

it('ends with 1 and says why when the message failed', async () => {
  sandbox.setFaults([{ kind: 'failed-log', on: 'client', message: '131026 Message undeliverable', times: 1 }]);
  const { code, stdout } = await run(['message', '6281234567891', ...settings], { env });
  expect(code).toBe(1);
  expect(stdout).toContain('131026 Message undeliverable');
  expect(stdout).toMatch(/siaran retry r\w{8}/);
});

it.each([
  [['12'], /The message can't be sent: .*(short|not a)/i],
  [['6281234567890', '--button-params', '{}'], /--button-params must be a JSON array/],
  [['6281234567890', '--variables', '[1]'], /--variables must be/],
  [['6281234567890', '--wait', 'long'], /wait is "long"; write a duration/],
  [['6281234567890', '--start-at', 'tomorrow'], /startAt/],
])('refuses %j with what would be right, and exit code 2', async (args, words) => {
  const { code, stderr } = await run(['message', ...args, ...settings], { env });
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/ at .*\.js/);
  expect(code).toBe(2);
});

it('sends a list one by one when asked to, and refuses one that is too long before any of it goes out', async () => {
  const send = ['send', '-', '--name', 'Reminders', ...settings, '--delivery', 'individual', '--key', 'one by one'];
  const list = (count: number) =>
    `phone_number,body_variable1\n${Array.from({ length: count }, (_, at) => `62813${10_000_000 + at},Ada\n`).join('')}`;
  const tooMany = await run(send, { env, input: list(10_001) });
  expect(tooMany.code).toBe(1);
  expect(tooMany.stderr).toMatch(/more than 10,000 individual messages.*--force/);
  const sent = await run([...send, '--watch', '--json'], { env, input: list(25) });
  expect(JSON.parse(sent.stdout)).toMatchObject({
    accepted: 25,
    run: { outcome: 'handed_over', batches: { scheduled: 25 } },
  });
  expect(sandbox.accepted.deliveriesTo('6281310000024')).toBe(1);
  const bulk = await run(['send', '-', '--name', 'x', ...template, '--language', 'id'], { env, input: list(1) });
  expect(bulk).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--template-name is only for delivery "individual"'),
  });
});
