import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let env: Setting['env'];

beforeAll(async () => {
  setting = await openSetting();
  ({ env } = setting);
});

afterAll(() => setting.close());

type Listed = { name: string; language: string; approval: string }[];

it('lists what Qiscus has, with all that a broadcast needs to know', async () => {
  const templates = await json<Listed>(['templates'], { env });
  expect(templates).toContainEqual({
    ...{ account: 'default', templateDetailId: 1921, name: 'reminder', language: 'id', category: 'utility' },
    ...{ approval: 'approved', rejectionReason: null, channelId: 534 },
    namespace: '6616bb93_d895_41e7_8bbe_2c528219e56e',
    columns: ['phone_number', 'body_variable1', 'body_variable2'],
    ...{ header: null, body: 'Halo {{1}}, tagihan *{{2}}* jatuh tempo besok.' },
    ...{ footer: 'Abaikan bila sudah dibayar.', buttons: [], source: 'qiscus', toldAt: expect.any(String) },
  });
  expect(templates.map(({ approval }) => approval).sort()).toEqual([
    ...['approved', 'approved', 'approved', 'approved', 'pending', 'rejected'],
  ]);
  const { stdout } = await run(['templates', '--channel-id', '534'], { env });
  expect(stdout).toContain('reminder:id');
  expect(stdout).toContain("flash_sale:id can't be sent: it is rejected (INVALID_FORMAT).");
});

it('says so and shows what is kept when Qiscus does not answer', async () => {
  const away = { ...env, QISCUS_BASE_URL: 'http://127.0.0.1:9' };
  const { code, stdout, stderr } = await run(['templates', '--refresh', '--json'], { env: away });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(6);
  expect(stderr).toMatch(/Warning: Qiscus did not tell the templates of account default: .*as they were kept/);
});

it('keeps a template that is made from its sample CSV, or pasted', async () => {
  const sample = await setting.file(
    'phone_number,customer_name,header_variable,body_variable1,button_type,button1_variable1\n',
  );
  const named = ['--template-detail-id', '77', '--name', 'mine', '--language', 'id'];
  expect(await json(['templates', 'add', sample, ...named], { env })).toMatchObject({
    ...{ templateDetailId: 77, source: 'added', approval: 'approved', body: null },
    columns: ['phone_number', 'header_variable', 'body_variable1', 'button1_variable1'],
  });
  const pasted = ['--body', 'Halo {{1}}', '--buttons', '[{"type":"url","text":"Lihat","url":"https://e.com/{{1}}"}]'];
  expect(await json(['templates', 'add', ...named, ...pasted, '--channel-id', '9'], { env })).toMatchObject({
    ...{ channelId: 9, body: 'Halo {{1}}', columns: ['phone_number', 'body_variable1', 'button1_variable1'] },
  });
  expect((await json<Listed>(['templates', '--channel-id', '9'], { env })).map(({ name }) => name)).toEqual(['mine']);
});

it.each([
  [['templates', '--account', 'nobody'], /There is no account "nobody"/],
  [['templates', 'add', '--template-detail-id', '7', '--name', 'x', '--language', 'id'], /neither its text/],
  [
    ['templates', 'add', '--template-detail-id', '7', '--name', 'a:b', '--language', 'id', '--body', 'x'],
    /name must be/,
  ],
  [
    ['templates', 'add', '--template-detail-id', '7', '--name', 'x', '--language', 'id', '--buttons', '{}'],
    /--buttons must/,
  ],
])('refuses %j with what would be right, and exit code 2', async (args, words) => {
  const { code, stderr } = await run(args, { env });
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});
