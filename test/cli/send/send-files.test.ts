import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

type Sent = { runId: string; accepted: number; rejected: number; already?: true };

let setting: Setting;
let environment: Setting['environment'];
let env: Setting['env'];
let folder: Setting['folder'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  ({ environment, env, folder, file } = setting);
});

afterAll(() => setting.close());

const settings = ['--template-detail-id', '172', '--name', 'Test'];
const send = (path: string, ...more: string[]) => json<Sent>(['send', path, ...settings, ...more], { env });
const refused = (path: string, ...more: string[]) => run(['send', path, ...settings, ...more], { env });
const columnsOf = async (runId: string) =>
  (await environment.query<{ columns: string[] }>('SELECT columns FROM runs WHERE id = $1', [runId]))[0]?.columns;

const content = 'Phone Number;Nama;Notes\n6281527975868;Ani;x\n6281527975869;Budi;y\n';
const map = ['--map', 'Phone Number=phone_number,Nama=customer_name', '--ignore-columns', 'Notes'];

test('a file with heads of its own is answered with the flags that send it', async () => {
  const path = await file(content);
  const unknown = await refused(path);
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(unknown.stderr).toMatch(
    /"Phone Number", "Nama" and "Notes" are unknown.*--map "Phone Number=phone_number,Nama=customer_name,Notes=body_variable1"/,
  );
  expect((await refused(path, '--dry-run')).stderr).toBe(unknown.stderr);
  const sent = await send(path, ...map);
  expect(sent).toMatchObject({ accepted: 2, rejected: 0 });
  expect(await columnsOf(sent.runId)).toEqual(['phone_number', 'customer_name']);
  expect(await send(path, ...map)).toMatchObject({ runId: sent.runId, already: true });
});

test('the same columns under other heads are another sending', async () => {
  const path = await file('phone_number,A,B\n6281527975868,one,two\n');
  const one = await send(path, '--map', 'A=body_variable1,B=body_variable2');
  const other = await send(path, '--map', 'A=body_variable2,B=body_variable1');
  expect(other).toMatchObject({ accepted: 1 });
  expect(other.runId).not.toBe(one.runId);
  expect(await send(path, '--map', 'B=body_variable2,A=body_variable1')).toMatchObject({
    runId: one.runId,
    already: true,
  });
});

test.each([
  [['--map', 'HP'], /--map is "HP"; write pairs such as "Phone Number=phone_number,Nama=customer_name"/],
  [['--map', 'Nama=name'], /"Nama" can't become "name", which is not a column/],
  [['--map', 'HP=phone_number'], /no column "HP".*there are "Phone Number", "Nama", "Notes"/],
  [['--ignore-columns', 'Kota'], /no column "Kota"/],
  [['--ignore-columns', 'a=b'], /--ignore-columns is "a=b"; write names such as "Notes,Kota"/],
  [['--map', 'Phone Number=phone_number,Nama=phone_number'], /"Phone Number" and "Nama" both become phone_number/],
])('%j is a mistake of usage', async (flags, message) => {
  const ended = await refused(await file(content), ...flags);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  expect(ended.stderr).not.toContain('    at ');
});

test('a file in gzip is sent, and nothing of one that is cut off', async () => {
  const packed = gzipSync('phone_number\n6281527975868\n6281527975869');
  expect(await send(await file(packed))).toMatchObject({ accepted: 2, rejected: 0 });
  const cut = await refused(await file(packed.subarray(0, -4)), '--key', 'cut');
  expect(cut).toMatchObject({ code: 1, stderr: expect.stringMatching(/is cut off: its gzip data has no end/) });
  expect(await environment.query("SELECT 1 FROM runs WHERE key = 'cut'")).toEqual([]);
});

test('of 100,000 objects with a comma behind each but the last, none is sent', async () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => `{"phone_number":"${6_281_500_000_000 + at}"}`);
  const ended = await refused(await file(rows.join(',\n')), '--key', 'commas');
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/line 1 ends with a comma.*jq/) });
  const later = await refused(
    await file([...rows.slice(0, 50_000), ...rows.slice(50_000)].join('\n').replace(/}\n(?=[^\n]*\n[^\n]*$)/, '},\n')),
    '--key',
    'commas',
  );
  expect(later).toMatchObject({ code: 1, stderr: expect.stringMatching(/line 99998 ends with a comma/) });
  expect(await environment.query("SELECT 1 FROM runs WHERE key = 'commas'")).toEqual([]);
});

test('of standard input that ends in the middle of a line the last row is rejected, with a warning', async () => {
  const input = 'phone_number,customer_name\n6281527975868,Ani\n6281527975869,Bu';
  const ended = await run(['send', '-', ...settings, '--json'], { env, input });
  expect(ended.code).toBe(0);
  const sent = JSON.parse(ended.stdout) as Sent;
  expect(sent).toMatchObject({ accepted: 1, rejected: 1 });
  expect(ended.stderr).toMatch(/Warning: standard input ended in the middle of line 3/);
  expect(await json(['rejections', sent.runId], { env })).toMatchObject([
    { reason: 'line 3 has no line end: it may have been cut off' },
  ]);
  const dry = await run(['send', '-', ...settings, '--dry-run'], { env, input, cwd: folder });
  expect(dry.stderr).toMatch(/Warning: standard input ended in the middle of line 3/);
  const whole = await run(['send', '-', ...settings, '--json'], { env, input: `${input}di\n` });
  expect(JSON.parse(whole.stdout)).toMatchObject({ accepted: 2, rejected: 0 });
});
