import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { invoices, phoneNumber } from '../../support/rig.js';
import { json, run } from '../siaran.js';

let environment: Environment;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  environment = await freshEnvironment();
  env = { ...environment.env, SIARAN_DEFAULT_COUNTRY: 'ID' };
  folder = await mkdtemp(join(tmpdir(), 'siaran suppress '));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await environment.drop();
});
beforeEach(() => environment.query('TRUNCATE suppressions'));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const listed = async () =>
  (await json<{ phoneNumber: string }[]>(['suppress', 'list'], { env })).map(({ phoneNumber }) => phoneNumber);

test('numbers are added, listed in full and removed', async () => {
  const [first, second] = [phoneNumber(0), phoneNumber(1)];
  expect(await json(['suppress', 'add', first, '0812-1000-0001', '--reason', 'asked by phone'], { env })).toEqual({
    added: 2,
    already: 0,
  });
  const again = await run(['suppress', 'add', first], { env });
  expect(again).toMatchObject({ code: 0, stdout: '0 numbers added, 1 already there.\n' });
  expect(await json(['suppress', 'list'], { env })).toEqual(
    [first, second].map((number) => ({
      phoneNumber: number,
      reason: 'asked by phone',
      source: 'operator',
      addedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })),
  );
  expect((await run(['suppress', 'list'], { env })).stdout).toMatch(
    new RegExp(`^${first} +\\w{3} \\d+ \\w{3} \\d{4} [\\d:]+ UTC +operator  asked by phone\n${second} `),
  );
  expect(await json(['suppress', 'remove', first, phoneNumber(7)], { env })).toEqual({ removed: 1, absent: 1 });
  await json(['suppress', 'remove', second], { env });
  expect((await run(['suppress', 'list'], { env })).stdout).toBe('No number is suppressed.\n');
  expect(await json(['suppress', 'list'], { env })).toEqual([]);
});

test('if one number is none, each of those is named, masked, and nothing is added', async () => {
  const ended = await run(['suppress', 'add', phoneNumber(0), '12', '081'], { env });
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^error: phone_number "\*\*" is.*\nphone_number "\*\*\*" is/);
  expect(ended.stderr).not.toContain('    at ');
  expect(await listed()).toEqual([]);
  expect(await run(['suppress', 'add'], { env })).toMatchObject({ code: 2 });
});

test.each([
  ['a CSV with other columns', 'note;phone_number\nDewi;0812-1000-0000\n\nBudi;12\nAyu;6281210000001\n', 2],
  ['a CSV as a spreadsheet writes it', '\ufeffphone_number\r\n6281210000000\r\n12\r\n6281210000001\r\n', 2],
  ['newline-delimited JSON', '{"phone_number":6281210000000,"at":1}\n{"at":2}\n{"phone_number":"081210000001"}\n', 2],
  ['one number a line', '\ufeff\n+62 812-1000-0000\r\n\r\n12\r\n(0812) 1000 0001', 2],
])('a file is imported that is %s', async (name, content, position) => {
  const path = await file(`${name}.txt`, content);
  expect(await json(['suppress', 'import', path], { env })).toEqual({
    added: 2,
    already: 0,
    rejected: 1,
    rejections: [{ position, reason: expect.stringMatching(/phone_number/) }],
    importId: expect.stringMatching(/^i\w+$/),
  });
  expect(await listed()).toEqual([phoneNumber(0), phoneNumber(1)]);
  const [entry] = await json<{ reason: string }[]>(['suppress', 'list'], { env });
  expect(entry?.reason).toBe(`imported from ${name}.txt`);
});

test('10,000 numbers come in from a stream, and the same again changes nothing', async () => {
  const input = Array.from(invoices(10_000), ({ phone_number }) => `${phone_number}\n`).join('');
  const imported = await run(['suppress', 'import', '-'], { env, input });
  expect(imported).toMatchObject({
    ...{ code: 0, stderr: '' },
    stdout: expect.stringMatching(/^10,000 added · 0 already there · 0 rejected\nTo undo it: .*\n$/),
  });
  expect(await listed()).toHaveLength(10_000);
  expect(await json(['suppress', 'import', '-'], { env, input })).toMatchObject({ added: 0, already: 10_000 });
});

test('the first rows that are no numbers are told, masked; it is a failure only if there is nothing else', async () => {
  const bad = Array.from({ length: 15 }, (_, at) => `0812${at}\n`).join('');
  const nothing = await run(['suppress', 'import', '-'], { env, input: bad });
  expect(nothing.code).toBe(1);
  expect(nothing.stdout).toMatch(/^0 added · 0 already there · 15 rejected\n {2}row 1: phone_number "\*+" is.*\n/);
  expect(nothing.stdout).toMatch(/\n {2}row 10: .*\n {2}and 5 rows more\n$/);
  const mixed = await run(['suppress', 'import', '-'], { env, input: `${bad}${phoneNumber(0)}\n` });
  expect(mixed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 added .* 15 rejected\n/) });
});

test('a stream that ends in the middle of a line loses that number, with a warning', async () => {
  const cut = await run(['suppress', 'import', '-'], { env, input: `${phoneNumber(0)}\n628121` });
  expect(cut).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^1 added .* 1 rejected\n.*line 2 has no line end/),
  });
  expect(cut.stderr).toMatch(/^Warning: standard input ended in the middle of line 2/);
  expect(await listed()).toEqual([phoneNumber(0)]);
});

test.each([
  [
    'that has no column of numbers',
    'name,phone\nDewi,6281210000000\n',
    /has no column phone_number.*one number a line/,
  ],
  ['that is empty', '', /is empty/],
  ['that is not in UTF-8', 'phone_number\n6281210000000\n\xff\xff', /./],
])('a file %s is refused', async (_name, content, message) => {
  const path = join(folder, 'refused.csv');
  await writeFile(path, content, 'latin1');
  const ended = await run(['suppress', 'import', path], { env });
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toMatch(/^error: /);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).not.toContain('    at ');
});

test('a dry run counts who is suppressed, and leaves them out of the files and the sample', async () => {
  const rows = Array.from(invoices(1_005), ({ phone_number }) => phone_number);
  const path = await file('december.csv', `phone_number\n${[...rows, rows[0]].join('\n')}\n`);
  await json(['suppress', 'add', ...rows.slice(0, 5), phoneNumber(9_000)], { env });
  const settings = ['--template-detail-id', '172', '--name', 'December', '--dry-run'];
  const dry = await json<{ sample: string }>(['send', path, ...settings, '--sample', 'first.csv'], {
    env,
    cwd: folder,
  });
  expect(dry).toMatchObject({ accepted: 1_006, duplicates: 1, suppressed: 5, rejected: 0, files: 1 });
  const told = await run(['send', path, ...settings], { env, cwd: folder });
  expect(told.stdout).toContain('1,006 accepted · 1 duplicates · 5 suppressed · 0 rejected');
  const sample = (await readFile(join(folder, dry.sample), 'utf8')).trim().split(/\r?\n/);
  expect(sample).toEqual(['phone_number', ...rows.slice(5, 15)]);
});

test('every command has its help with examples', async () => {
  for (const command of [[], ['add'], ['remove'], ['list'], ['import']])
    expect((await run(['suppress', ...command, '--help'], { env })).stdout).toMatch(/Examples:\n {2}siaran suppress/);
});

test('held opt-outs are shown, applied and undone', async () => {
  expect((await run(['suppress', 'held'], { env })).stdout).toBe('No opt-outs are held.\n');
  await environment.query(`INSERT INTO opt_outs (account, phone_number, kind, reference, batch_id, held)
    SELECT 'default', 6281500000000 + n, 'status', 'm' || n, 'r1-0001', true FROM generate_series(1, 2) AS n`);
  expect((await run(['suppress', 'held'], { env })).stdout).toMatch(/^default: 2 opt-outs, held since /);
  expect(await run(['suppress', 'held', '--apply'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--account'),
  });
  expect(await json(['suppress', 'held', '--account', 'default', '--apply'], { env })).toEqual({ decided: 2 });
  expect(await listed()).toEqual(['6281500000001', '6281500000002']);
  expect(await run(['suppress', 'undo'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Name the opt-outs'),
  });
  expect(await run(['suppress', 'undo', '--since', 'today'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not an instant'),
  });
  expect(await json(['suppress', 'undo', '--message', 'm1'], { env })).toEqual({ optOuts: 1, removed: 1 });
  const undone = await run(['suppress', 'undo', '--batch', 'r1-0001', '--since', '2020-01-01T00:00:00Z'], { env });
  expect(undone).toMatchObject({ code: 0, stdout: '1 opt-out undone, 1 number removed.\n' });
  expect(await listed()).toEqual([]);
});
