import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { onTerminal as onTerminalOf } from '../on-terminal.js';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let environment: Setting['environment'];
let env: Setting['env'];
let folder: Setting['folder'];
let path: string;

const onTerminal = (args: readonly string[], answer: string) => onTerminalOf(args, { env, answer });

beforeAll(async () => {
  setting = await openSetting({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  ({ environment, env, folder } = setting);
  path = join(folder, 'list.csv');
  await writeFile(
    path,
    [
      'phone_number,customer_name,body_variable1',
      '6289900000001,Ani,INV-1',
      '6289900000002,Budi,#N/A',
      '6289900000003,Cici,#N/A',
      '6289900000004,Dedi,"two\nlines"',
      '0812,Edi,INV-5',
      '',
    ].join('\n'),
  );
});

afterAll(() => setting.close());

const settings = ['--template-detail-id', '172', '--name', 'Test'];
const runs = async () => (await environment.query('SELECT id FROM runs')).length;

describe('what is odd in a file', () => {
  it('is told by the dry run, by column and kind, and by reason', async () => {
    const told = await json(['send', path, ...settings, '--dry-run'], { env });
    expect(told).toMatchObject({
      accepted: 3,
      rejected: 2,
      doubtful: [{ column: 'body_variable1', kind: 'spreadsheet_error', count: 2, example: '#N/A' }],
      rejections: [
        {
          reason: expect.stringMatching(/^body_variable1 has a line break in it, which WhatsApp refuses; take it out/),
          count: 1,
          example: expect.stringMatching(/^row 4: body_variable1 has a line break in it, .*--values clean/),
        },
        {
          reason: expect.stringMatching(/^phone_number … /),
          count: 1,
          example: expect.stringMatching(/^row 5: phone_number "/),
        },
      ],
    });
    const people = await run(['send', path, ...settings, '--dry-run'], { env });
    expect(people.stdout).toMatch(/rejected {4}1 × row 4: body_variable1 has a line break in it/);
    expect(people.stdout).toMatch(/doubtful {4}2 × body_variable1 with an error of a spreadsheet, such as "#N\/A"/);
    expect(await json(['send', path, ...settings, '--dry-run', '--values', 'clean'], { env })).toMatchObject({
      accepted: 4,
    });
  });

  it('is told when it was sent, on standard error, and by the run', async () => {
    const sent = await run(['send', path, ...settings, '--key', 'odd', '--json'], { env });
    expect(sent).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Doubtful: 2 × body_variable1 with an error of a spreadsheet/m),
    });
    const { runId } = JSON.parse(sent.stdout) as { runId: string };
    const shown = await run(['run', runId], { env });
    expect(shown.stdout).toMatch(/doubtful {4}2 × body_variable1 with an error of a spreadsheet, such as "#N\/A"/);
  });
});

describe('--max-rejected', () => {
  it('sends nothing of a file with more, makes no run, and says why rows are rejected', async () => {
    const before = await runs();
    const refused = await run(['send', path, ...settings, '--key', 'max', '--max-rejected', '10%', '--json'], { env });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toEqual({ runId: null, accepted: 0, rejected: 2 });
    expect(refused.stderr).toMatch(
      /nothing is sent: 2 of 5 rows were rejected, and at most 10% may be:\n {2}1 × row 4: body_variable1/,
    );
    expect(await runs()).toBe(before);
    expect(await json(['send', path, ...settings, '--key', 'max', '--max-rejected', '2'], { env })).toMatchObject({
      accepted: 3,
    });
  });

  it('gives up the run of a stream with more', async () => {
    const input = 'phone_number,body_variable1\n6289900000001,a\nabc,b\n';
    const refused = await run(['send', '-', ...settings, '--key', 'stream', '--max-rejected', '0', '--json'], {
      env,
      input,
    });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toEqual({ runId: expect.any(String), accepted: 0, rejected: 1 });
    expect(refused.stderr).toMatch(/is given up; nothing is sent: 1 of 2 rows were rejected, and at most 0 may be/);
  });

  it.each(['x', '-1', '101%', '1.5'])('%s is refused', async (most) => {
    const refused = await run(['send', path, ...settings, `--max-rejected=${most}`], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 100, or a share, such as 1%') });
  });
});

describe('--retry-after-failure', () => {
  it('is told by the run, for people and as JSON', async () => {
    const options = ['--key', 'retried', '--retry-after-failure', '131053,131026/24h/2'];
    const { runId } = await json<{ runId: string }>(['send', path, ...settings, ...options], { env });
    expect(await json(['run', runId], { env })).toMatchObject({
      retryAfterFailure: { codes: [131026, 131053], afterMs: 86_400_000, times: 2 },
      retry: { turn: 0, at: null, outcome: null, reason: 'the run has not ended', runId: null },
    });
    expect((await run(['run', runId], { env })).stdout).toMatch(
      /by itself +those who failed with 131026, 131053, 1d after the last start, up to 2 times: the run has not ended/,
    );
  });

  it.each([
    ['131026', 'it is "131026"; write codes, after and times, such as 131026,131053/24h/2'],
    ['131050/24h/2', 'codes has 131050: they stopped marketing messages'],
    ['131026/5m/2', 'after is "5m"; write a duration from 1h to 30d'],
    ['131026/24h/99', 'times is 99; write a whole number from 1 to 10'],
  ])('%s is refused', async (text, fault) => {
    const refused = await run(['send', path, ...settings, '--retry-after-failure', text], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`--retry-after-failure: ${fault}`) });
  });
});

describe('a file that was sent with other values', () => {
  const other = () => join(folder, 'other.csv');

  it('is not sent once more by the way out of its rejections: who was rejected is told apart', async () => {
    await writeFile(other(), 'phone_number,body_variable1\n6289900000021,ok\n6289900000022,"a\tb"\n');
    const { runId } = await json<{ runId: string }>(['send', other(), ...settings], { env });
    const refused = await run(['send', other(), ...settings, '--values', 'clean'], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('values was "reject", is now "clean"') });
    expect(refused.stderr).toContain(
      `To send only to those who were rejected (1), put them into a file of their own: siaran rejections ${runId}`,
    );
    await rm(other());
  });

  it('and reached nobody goes out with --again, as it is told', async () => {
    await writeFile(other(), 'phone_number,body_variable1\n6289900000023,"a\tb"\n');
    expect(await run(['send', other(), ...settings], { env })).toMatchObject({ code: 1 });
    const refused = await run(['send', other(), ...settings, '--values', 'clean'], { env });
    expect(refused.stderr).toContain('Nobody is in that run: with --again the file goes out with these settings.');
    expect(await json(['send', other(), ...settings, '--values', 'clean', '--again'], { env })).toMatchObject({
      accepted: 1,
    });
    await rm(other());
  });
});

it('a run keeps the zone that its start was written in', async () => {
  const start = ['--start-at', '2027-01-05 09:00', '--timezone', 'Asia/Jakarta', '--hand-over', '2h'];
  const { runId } = await json<{ runId: string }>(['send', path, ...settings, '--key', 'zone', ...start], { env });
  expect((await run(['run', runId], { env })).stdout).toMatch(/waits for Tue 5 Jan 2027 0[79]:00 WIB/);
  const otherClock = ['--start-at', '2027-01-05T02:00:00Z', '--hand-over', '2h'];
  expect(await json(['send', path, ...settings, '--key', 'zone', ...otherClock], { env })).toMatchObject({
    already: true,
  });
});

describe('on a terminal', () => {
  const asked = () => ['send', path, ...settings, '--key', 'asked'];

  it.each([
    ['no', 'n\r', 1, /nothing was sent, as the answer was not yes/],
    ['nothing', '\r', 1, /nothing was sent/],
    ['Ctrl-D', '\u0004', 1, /nothing was sent/],
    ['Ctrl-C', '\u0003', 130, /Interrupted; nothing was sent/],
  ])('send shows what it would do and asks; at %s it sends nothing', async (_, answer, code, words) => {
    const before = await runs();
    const ended = await onTerminal(asked(), answer);
    expect(ended).toEqual({ code, seen: expect.stringMatching(words) });
    expect(ended.seen).toMatch(/recipients\s+3 accepted · 0 duplicates · 0 suppressed · 2 rejected/);
    expect(ended.seen).toMatch(/broadcast\s+1 file at once/);
    expect(ended.seen).toContain('Send to 3 recipients? [y/N]');
    expect(ended.seen).toMatch(/template\s+172/);
    expect(ended.seen).toMatch(/doubtful\s+.*2 × body_variable1/);
    expect(await runs()).toBe(before);
  });

  it('it asks nothing where the start would be refused, and tells it by the clock of the zone otherwise', async () => {
    const late = await onTerminal([...asked(), '--start-at', '2020-01-01T09:00:00Z'], '');
    expect(late).toMatchObject({ code: 2, seen: expect.stringMatching(/startAt is Wed 1 Jan 2020 .*which passed/) });
    expect(late.seen).not.toMatch(/\[y\/N\]/);
    const start = ['--start-at', '2030-01-01 09:00', '--timezone', 'Asia/Jakarta'];
    expect((await onTerminal([...asked(), ...start], 'n\r')).seen).toMatch(
      /broadcast\s+1 file at Tue 1 Jan 2030 09:00 WIB/,
    );
  });

  it('it counts those who would be messaged, and tells the start that they would have', async () => {
    const twice = join(folder, 'twice.csv');
    await writeFile(twice, 'phone_number\n6289900000011\n6289900000011\n6289900000012\n6289900000013\n');
    await run(['suppress', 'add', '6289900000012'], { env });
    const window = ['--window', '10:00-20:00', '--start-at', '2030-01-01 09:00', '--timezone', 'Asia/Jakarta'];
    const { seen } = await onTerminal(['send', twice, ...settings, '--key', 'twice', ...window], 'n\r');
    expect(seen).toMatch(/recipients\s+4 accepted · 1 duplicates · 1 suppressed · 0 rejected/);
    expect(seen).toMatch(/broadcast\s+1 file at Tue 1 Jan 2030 10:00 WIB, because of the window/);
    expect(seen).toContain('Send to 2 recipients? [y/N]');
    await rm(twice);
  });

  it('it sends at yes, and with --yes it doesn’t ask', async () => {
    expect((await onTerminal(asked(), 'y\r')).seen).toMatch(/3 accepted, 2 rejected/);
    const unasked = await onTerminal(['send', path, ...settings, '--key', 'unasked', '--yes'], '');
    expect(unasked.seen).toMatch(/3 accepted, 2 rejected/);
    expect(unasked.seen).not.toMatch(/\[y\/N\]/);
    const again = await onTerminal(asked(), '');
    expect(again).toMatchObject({ code: 0, seen: expect.stringMatching(/was sent before; nothing was done/) });
    expect(again.seen).not.toMatch(/\[y\/N\]/);
    const told = await json(['send', path, ...settings, '--key', 'asked', '--dry-run'], { env });
    expect(told).toMatchObject({ already: true, runId: expect.any(String), files: 0 });
  });
});

it('leaves nothing in the folder that it was not asked for', async () => {
  expect(await readdir(folder)).toEqual(['list.csv']);
});
