import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let env: Setting['env'];

beforeAll(async () => {
  setting = await openSetting({ worker: true });
  ({ env } = setting);
});

afterAll(() => setting.close());

const list = 'phone_number,body_variable1,body_variable2\n6281234567890,Ada,5\n';

type Sent = { runId: string; accepted: number; rejected: number; already?: true };

it('sends to a list by the name of its template, once', async () => {
  const args = ['send', await setting.file(list), '--template', 'reminder:id', '--name', 'December', '--watch'];
  const sent = await json<Sent>(args, { env });
  expect(sent).toMatchObject({ accepted: 1, rejected: 0, run: { templateDetailId: 1921, outcome: 'handed_over' } });
  expect(await json<Sent>(args, { env })).toMatchObject({ runId: sent.runId, already: true });
});

it('sends it individually without the options that the template tells', async () => {
  const args = ['--template', 'reminder:en', '--name', 'December', '--delivery', 'individual', '--watch'];
  const sent = await json<Sent>(['send', await setting.file(list), ...args], { env });
  expect(sent).toMatchObject({ accepted: 1, run: { delivery: { channelId: 534, individual: { language: 'en' } } } });
});

it('checks standard input as it checks a file', async () => {
  const args = ['send', '-', '--template', 'reminder:id', '--name', 'x', '--key', 'stream'];
  const input = 'phone_number,body_variable1\n6281234567891,Ada\n';
  const { code, stderr } = await run(args, { env, input });
  expect(stderr).toMatch(/the list has 1 \(body_variable1\)/);
  expect(code).toBe(2);
});

it('counts rows that are too long in a dry run', async () => {
  const file = await setting.file(`${list}6281234567891,${'a'.repeat(990)},5\n`);
  const args = ['send', file, '--template', 'reminder:id', '--name', 'x', '--dry-run'];
  expect(await json(args, { env })).toMatchObject({
    ...{ accepted: 1, rejected: 1 },
    rejections: [{ reason: expect.stringContaining('WhatsApp takes at most 1024') }],
  });
});

it('sends one message by the name alone', async () => {
  const args = ['message', '6281234567892', '--template', 'reminder:id', '--variables', 'Ada,5'];
  expect(await json(args, { env })).toMatchObject({ status: 'scheduled' });
});

const send = ['send', 'x.csv', '--name', 'x'];

it.each([
  [send, /--template .* or --template-detail-id .* is missing/],
  [[...send, '--template', 'a', '--template-detail-id', '7'], /--template tells --template-detail-id itself/],
  [['message', '628', '--template', 'a', '--language', 'id'], /--template tells --language itself/],
  [
    ['message', '628', '--template-detail-id', '7'],
    /--channel-id, --template-name, --namespace, --language are missing/,
  ],
  [['message', '6281234567892', '--template', 'reminder'], /several templates "reminder": reminder:en/],
  [
    ['message', '6281234567892', '--template', 'flash_sale'],
    /was rejected by WhatsApp \(INVALID_FORMAT\), and can't be sent/,
  ],
])('refuses %j with what would be right, and exit code 2', async (args, words) => {
  const { code, stderr } = await run(args, { env });
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});
