import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { list, openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let environment: Setting['environment'];
let sandbox: Setting['sandbox'];
let env: Setting['env'];
let folder: Setting['folder'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting();
  ({ environment, sandbox, env, folder, file } = setting);
});

afterAll(() => setting.close());

describe('send --dry-run', () => {
  const limits = ['--daily-limit', '1000', '--window', '08:00-20:00'];
  const settings = ['--template-detail-id', '172', '--name', 'Test', '--start-at', '2099-03-02 21:00'];

  it('tells what would be sent and when, writes the sample that is asked for, and sends and keeps nothing', async () => {
    const content = `${list(1_500)}nonsense\n${list(20).split('\n').slice(1).join('\n')}`;
    const path = await file(content, 'december.csv');
    const before = sandbox.accepted.summary();
    const told = await json(
      [
        'send',
        path,
        ...settings,
        ...limits,
        '--timezone',
        'Asia/Jakarta',
        '--dry-run',
        '--sample',
        'december.sample.csv',
      ],
      {
        env,
        cwd: folder,
      },
    );
    expect(told).toEqual({
      ...{ accepted: 1_520, rejected: 1, duplicates: 20, suppressed: 0, files: 2 },
      ...{ countries: { ID: 1_520 }, landlines: 0, tollFree: 0 },
      firstStartAt: '2099-03-03T01:00:00.000Z',
      lastStartAt: '2099-03-04T01:00:00.000Z',
      ...{ limit: 'dailyLimit', tooLate: 0, sample: 'december.sample.csv' },
      doubtful: [],
      rejections: [
        { reason: expect.any(String), count: 1, example: expect.stringMatching(/^row 1501: phone_number "nonsense"/) },
      ],
    });
    const sample = join(folder, 'december.sample.csv');
    expect(await readFile(sample, 'utf8')).toBe(`${list(10).trimEnd().replaceAll('\n', '\r\n')}\r\n`);
    expect((await stat(sample)).mode & 0o077).toBe(0);
    expect(sandbox.accepted.summary()).toEqual(before);
    expect(await environment.query("SELECT 1 FROM runs WHERE name = 'Test'")).toEqual([]);
  });

  it('tells countries, land lines and toll-free numbers, and that no default country is set', async () => {
    const numbers = ['+6281234567890', '+6281234567891', '+6591234567', '+442071234567', '+18005551234', '14155552671'];
    const input = `phone_number\n${[...numbers, '81234567890'].join('\n')}\n`;
    const command = ['send', '-', '--template-detail-id', '172', '--name', 'x', '--dry-run'];
    const told = await run([...command, '--json'], { env, cwd: folder, input });
    expect(JSON.parse(told.stdout)).toMatchObject({
      ...{ accepted: 6, rejected: 1, landlines: 1, tollFree: 1 },
      countries: { ID: 2, US: 2, SG: 1, GB: 1 },
    });
    expect(told.stderr).toContain('SIARAN_DEFAULT_COUNTRY is not set');
    const shown = await run(command, { env: { ...env, SIARAN_DEFAULT_COUNTRY: 'ID' }, cwd: folder, input });
    expect(shown.stdout).toMatch(/ID 3 · US 2 · .*of them 1 land line · of them 1 toll-free/);
    expect(shown.stderr).not.toContain('SIARAN_DEFAULT_COUNTRY');
    const checks = JSON.parse((await run(['doctor', '--json'], { env })).stdout) as { check: string }[];
    expect(checks.find(({ check }) => check === 'Default country')).toMatchObject({
      ok: true,
      todo: expect.stringContaining('SIARAN_DEFAULT_COUNTRY is not set'),
    });
  });

  it('reads standard input, says so in words, and refuses what sending would', async () => {
    const shown = await run(['send', '-', '--template-detail-id', '172', '--name', 'x', '--dry-run'], {
      env,
      cwd: folder,
      input: list(3),
    });
    expect(shown.stdout).toMatch(/Nothing was sent\.\n.*3 accepted.*\n +numbers +ID 3\n.*1 file at once\n$/);
    const starts = ['send', '-', ...settings, ...limits, '--timezone', 'Asia/Jakarta', '--dry-run'];
    const when = await run(starts, { env, cwd: folder, input: list(1_500) });
    expect(when.stdout).toContain(
      'from Tue 3 Mar 2099 08:00 WIB to Wed 4 Mar 2099 08:00 WIB, because of the daily limit',
    );
    const wrong = await run(['send', '-', '--template-detail-id', '172', '--name', 'x', '--dry-run'], {
      env,
      cwd: folder,
      input: 'phone\n6281\n',
    });
    expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('phone_number') });
    const flags = ['--window', '8-20', '--too-late-after', 'soon', '--hand-over', 'later'];
    const named = await run(['send', '-', '--template-detail-id', '172', '--name', 'x', ...flags], { env });
    expect(named).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--window is.*--hand-over is.*--too-late-after is/s),
    });
  });
});
