import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { list, openSetting, type Setting } from '../setting.js';
import { json, run, start, until } from '../siaran.js';

let setting: Setting;
let env: Setting['env'];
let folder: Setting['folder'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting();
  ({ env, folder, file } = setting);
  await writeFile(join(folder, 'list.csv'), 'phone_number\n6281234567890\n6281234567891\n6281234567892\n');
});

afterAll(() => setting.close());

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const send = (...more: string[]) => ['send', 'list.csv', '--template-detail-id', '172', '--name', 'Test', ...more];
const here = () => ({ env, cwd: folder });

describe('a --start-at that has passed', () => {
  const refused = {
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/error: .*startAt is .* UTC, which passed 3 hours ago: .*--late-ok/s),
  };

  it('is refused with exit code 2, by the dry run too', async () => {
    const late = send('--start-at', ago(3));
    expect(await run(late, here())).toMatchObject(refused);
    expect(await run([...late, '--json'], here())).toMatchObject(refused);
    expect(await run([...late, '--dry-run'], here())).toMatchObject(refused);
    const template = ['--template-detail-id', '172', '--channel-id', '534', '--template-name', 'reminder'];
    const message = ['message', '6281234567890', ...template, '--namespace', 'ns', '--language', 'id'];
    expect(await run([...message, '--start-at', ago(3)], here())).toMatchObject(refused);
    expect(await json([...message, '--start-at', ago(3), '--late-ok', '--wait', '0s'], here())).toMatchObject({
      status: 'pending',
    });
    const zone = ['--start-at', '2025-12-31 09:00', '--timezone', 'Asia/Jakarta'];
    expect((await run(send(...zone), here())).stderr).toMatch(/startAt is Wed 31 Dec 2025 09:00 WIB, which passed/);
  });

  it('is taken with --late-ok', async () => {
    const late = ['--start-at', ago(3), '--late-ok'];
    expect(await json(send(...late, '--dry-run'), here())).toMatchObject({ accepted: 3, files: 1, tooLate: 0 });
    expect(await json(send(...late), here())).toMatchObject({ accepted: 3 });
  });

  it.each([
    ['of a key', ['--key', 'half']],
    ['of a file', []],
  ])('is no hindrance to completing a run %s that was begun in time', async (_, key) => {
    const startAt = ago(3);
    const begun = await json<{ runId: string }>(send(...key, '--start-at', startAt, '--late-ok', '--no-seal'), here());
    const again = send(...key, '--start-at', startAt);
    expect(await json([...again, '--dry-run'], here())).toMatchObject({ accepted: 3 });
    expect(await json(again, here())).toMatchObject({ runId: begun.runId });
  });

  it('is left out by --catch-up skip, as the dry run tells', async () => {
    const missed = ['--start-at', ago(3), '--catch-up', 'skip', '--late-ok', '--key', 'skipped'];
    expect(await json(send(...missed, '--dry-run'), here())).toMatchObject({
      ...{ accepted: 3, files: 0, firstStartAt: null, lastStartAt: null, tooLate: 3 },
    });
    expect((await run(send(...missed, '--dry-run'), here())).stdout).toMatch(
      /broadcast +nothing would be sent: the start was missed, and 3 recipients are left out as too late/,
    );
    const worker = start(['worker'], { env });
    try {
      const sent = await json<{ run: object }>(send(...missed), here()).catch(() => undefined);
      expect(sent).toBeDefined();
      const watched = await run(send(...missed, '--watch', '--json'), here());
      expect(JSON.parse(watched.stdout).run).toMatchObject({ recipients: { failed: 3, scheduled: 0 } });
    } finally {
      worker.child.kill('SIGTERM');
      await worker.ended;
    }
  });
});

describe('a --start-at more than a year ahead', () => {
  it('is warned of on standard error, by the dry run too', async () => {
    const far = send('--start-at', '2099-01-01T09:00:00Z');
    for (const args of [far, [...far, '--dry-run']])
      expect(await run(args, here())).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/Thu 1 Jan 2099 09:00 UTC, more than a year ahead/),
      });
  });
});

describe('what the real run refuses, the dry run refuses', () => {
  it('another setting under a key that was used before', async () => {
    const first = ['--start-at', '2099-01-01T09:00:00Z', '--key', 'taken'];
    await json(send(...first), here());
    const other = send('--key', 'taken', '--start-at', '2099-01-02T09:00:00Z');
    const real = await run(other, here());
    expect(real.code).toBe(2);
    const errorOf = (stderr: string) => stderr.slice(stderr.indexOf('error: '));
    const dry = await run([...other, '--dry-run'], here());
    expect({ code: dry.code, error: errorOf(dry.stderr) }).toEqual({ code: real.code, error: errorOf(real.stderr) });
    expect(errorOf(dry.stderr)).toMatch(/^error: The key "taken" belongs to run/);
  });
});

describe('the sample of a dry run', () => {
  it('is written only where --sample asks for it, for its owner alone', async () => {
    const before = await readdir(folder);
    expect(await json(send('--dry-run'), here())).toMatchObject({ sample: null });
    expect(await readdir(folder)).toEqual(before);
    expect(await json(send('--dry-run', '--sample', 'first.csv'), here())).toMatchObject({ sample: 'first.csv' });
    expect(await readFile(join(folder, 'first.csv'), 'utf8')).toMatch(/^phone_number\r\n6281234567890\r\n/);
    expect((await stat(join(folder, 'first.csv'))).mode & 0o777).toBe(0o600);
  });

  it('never replaces a file', async () => {
    await writeFile(join(folder, 'mine.csv'), 'mine');
    await symlink(join(folder, 'mine.csv'), join(folder, 'link.csv'));
    for (const name of ['mine.csv', 'link.csv', 'list.csv'])
      expect(await run(send('--dry-run', '--sample', name), here())).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`--sample: ${name} exists already; name another file, or remove that one`),
      });
    expect(await readFile(join(folder, 'mine.csv'), 'utf8')).toBe('mine');
  });

  it.each([
    ['without --dry-run', ['--sample', 'x.csv'], /--sample is for --dry-run/],
    ['in a folder that is not there', ['--dry-run', '--sample', 'nowhere/x.csv'], /nowhere\/x\.csv.*no such folder/],
  ])('%s is refused', async (_, more, words) => {
    const ended = await run(send(...more), here());
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
    expect(ended.stderr).not.toMatch(/\n +at /);
  });
});

it('a run that is held after its first batch says so, and goes on when it is resumed', async () => {
  const path = await file(list(30, 5_000), 'first.csv');
  const settings = ['--template-detail-id', '172', '--name', 'First', '--first', '10', '--too-late-after', '1d'];
  const { runId } = await json<{ runId: string }>(['send', path, ...settings], { env });
  const worker = start(['worker'], { env });
  try {
    await until(async () => {
      return (await setting.siaran.run(runId)).status === 'paused';
    }, 'the first batch');
    expect((await run(['run', runId], { env })).stdout).toMatch(
      new RegExp(`status +paused\\n.*10 recipients go out; the rest waits.*until .siaran resume ${runId}`),
    );
    await json(['resume', runId], { env });
    expect((await run(['run', runId, '--watch'], { env })).code).toBe(0);
  } finally {
    worker.child.kill('SIGTERM');
    await worker.ended;
  }
});
