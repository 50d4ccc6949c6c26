import { open, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, type Running, run, start, until } from '../siaran.js';

type Sent = { runId: string; accepted: number; rejected: number; already?: true };

let setting: Setting;
let environment: Setting['environment'];
let sandbox: Setting['sandbox'];
let env: Setting['env'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  ({ environment, sandbox, env, file } = setting);
});

afterAll(() => setting.close());

function rows(count: number, from = 0): string {
  const row = (index: number) => `628990${String(from + index).padStart(7, '0')},Toko ${from + index}\n`;
  return Array.from({ length: count }, (_, index) => row(index)).join('');
}

const header = 'phone_number,customer_name\n';
const settings = ['--template-detail-id', '172', '--name', 'Test'];
const send = (path: string, ...more: string[]) => json<Sent>(['send', path, ...settings, ...more], { env });
const runs = () =>
  environment.query<{ id: string; sealed: boolean; key: string }>(
    'SELECT id, key, sealed_at IS NOT NULL AS sealed FROM runs ORDER BY created_at',
  );

async function lastRun() {
  return (await runs()).at(-1);
}

async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker = start(['worker'], { env });
  try {
    return await work();
  } finally {
    worker.child.kill('SIGTERM');
    await worker.ended;
  }
}

describe('a file', () => {
  it('that is sent twice goes out once, and --again sends it once more', async () => {
    const path = await file(`${header}${rows(3, 100)}abc,x\n`);
    const first = await send(path);
    expect(first).toEqual({ runId: expect.any(String), accepted: 3, rejected: 1 });
    expect(await send(path)).toEqual({ runId: first.runId, accepted: 0, rejected: 0, already: true });
    const people = await run(['send', path, ...settings], { env });
    expect(people).toMatchObject({ code: 0, stdout: expect.stringMatching(/was sent before; nothing was done/) });
    const again = await send(path, '--again');
    expect(again).toEqual({ runId: expect.any(String), accepted: 3, rejected: 1 });
    expect(again.runId).not.toBe(first.runId);
  });

  it('of the same content is another sending with another template or start', async () => {
    const path = await file(header + rows(1, 200));
    const first = await send(path);
    const later = await send(path, '--start-at', '2099-01-01 09:00', '--timezone', 'Asia/Jakarta');
    expect(later.already).toBeUndefined();
    expect(later.runId).not.toBe(first.runId);
    expect(await send(path, '--start-at', '2099-01-01T02:00:00Z')).toMatchObject({ runId: later.runId, already: true });
    const view = await json<{ startAt: string }>(['run', later.runId], { env });
    expect(view.startAt).toBe('2099-01-01T02:00:00.000Z');
  });

  it('under another name is refused with what differs and what to do', async () => {
    const path = await file(header + rows(1, 300));
    await send(path);
    const renamed = await run(['send', path, '--template-detail-id', '172', '--name', 'Other'], { env });
    expect(renamed).toMatchObject({ code: 2, stdout: '' });
    expect(renamed.stderr).toMatch(/name was "Test", is now "Other"/);
    expect(renamed.stderr).toMatch(/--again/);
  });

  it.each([
    [
      'a quote that is never closed',
      `${header}${rows(1_500)}1,"x\n${rows(10)}`,
      1,
      /line 1502: a quote \("\) is opened that is never closed/,
    ],
    ['another encoding', `${header}${rows(5_000)}1,Ren\u0000\n`, 1, /not in UTF-8/],
    ['an unknown column', 'phone_number,nama\n1,x\n', 2, /"nama" is unknown/],
    ['no header line', rows(2), 2, /no header line/],
  ])('with %s is refused before anything is sent', async (_, content, code, message) => {
    const before = await runs();
    const path = await file('');
    await writeFile(path, content.includes('\0') ? Buffer.from(content.replace('\0', '\xe9'), 'latin1') : content);
    const refused = await run(['send', path, ...settings, '--json'], { env });
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(refused.stderr).not.toMatch(/ {4}at /);
    expect(await runs()).toEqual(before);
  });

  it('of newline-delimited JSON or with semicolons is read as such', async () => {
    const objects = '{"phone_number":"6289900004000"}\n{"phone_number":"0899-0000-4001"}\n{"phone_number":1}\n';
    expect(await send(await file(objects))).toMatchObject({ accepted: 2, rejected: 1 });
    const semicolons = await send(await file('phone_number;customer_name\n6289900004002;a, b\n'), '--separator', ';');
    expect(semicolons).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it('is delivered with --watch, which ends with the run', async () => {
    await withWorker(async () => {
      const path = await file(header + rows(1_200, 5_000));
      const sent = await send(path, '--watch');
      expect(sent).toMatchObject({ accepted: 1_200, run: { outcome: 'handed_over', batches: { scheduled: 2 } } });
      sandbox.setFaults([{ on: 'send', kind: 'http', status: 422 }]);
      const failing = await run(['send', path, ...settings, '--again', '--watch', '--json'], { env });
      sandbox.setFaults([]);
      expect(failing.code).toBe(1);
      expect(JSON.parse(failing.stdout)).toMatchObject({ run: { outcome: 'refused' } });
    });
  });
});

/** More than the buffer takes without a worker, so that sending stands still in the middle of it. */
const tooMany = 130_000;

async function stuckInTheMiddle(path: string): Promise<Running> {
  const before = (await runs()).length;
  const sending = start(['send', path, ...settings, '--json'], { env });
  await until(async () => (await runs()).length > before, 'the run');
  const runId = (await lastRun())?.id;
  const heads = `${env.SIARAN_PREFIX}:{${runId}}:heads`;
  await until(async () => (await environment.redis.llen(heads)) === 100, 'a full buffer');
  return sending;
}

it('Ctrl-C leaves the run unsealed and says how to go on, and the same command completes it', async () => {
  const path = await file(header + rows(tooMany, 1_000_000));
  const sending = await stuckInTheMiddle(path);
  sending.child.kill('SIGINT');
  expect(await sending.ended).toMatchObject({
    code: 130,
    stdout: '',
    stderr: expect.stringMatching(/the same command again/),
  });
  const interrupted = await lastRun();
  expect(interrupted?.sealed).toBe(false);
  await withWorker(async () => {
    const sent = await send(path, '--watch');
    expect(sent).toMatchObject({ runId: interrupted?.id, accepted: tooMany });
    expect(sent).toMatchObject({ run: { outcome: 'handed_over', recipients: { scheduled: tooMany, missing: 0 } } });
  });
  expect(sandbox.accepted.summary().mostPerNumber).toBeLessThanOrEqual(2);
  expect(sandbox.accepted.deliveriesTo('6289901000000')).toBe(1);
});

it('a file that changes while it is sent is not sealed', async () => {
  const path = await file(header + rows(tooMany, 2_000_000));
  const sending = await stuckInTheMiddle(path);
  const handle = await open(path, 'r+');
  const { size } = await handle.stat();
  await handle.write('X', size - 3);
  await handle.close();
  const ended = await withWorker(() => sending.ended);
  expect(ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/was changed while it was being sent/),
  });
  const changed = await lastRun();
  expect(ended.stderr).toContain(changed?.id);
  expect(changed?.sealed).toBe(false);
});

describe('standard input', () => {
  it('without a key gets a warning, and with one it is recognised', async () => {
    const input = header + rows(2, 6_000);
    const warned = await run(['send', '-', ...settings, '--json'], { env, input });
    expect(JSON.parse(warned.stdout)).toMatchObject({ accepted: 2 });
    expect(warned.stderr).toMatch(/without --key/);
    const keyed = ['send', '-', ...settings, '--key', 'k1'];
    expect(await json(keyed, { env, input })).toMatchObject({ accepted: 2 });
    expect(await json(keyed, { env, input })).toMatchObject({ accepted: 0, already: true });
  });

  it('that can be read only in part tells the run and the key to go on with', async () => {
    const broken = await run(['send', '-', ...settings, '--json'], { env, input: `${header}${rows(3, 7_000)}1,"x` });
    const found = await lastRun();
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toContain(`Run ${found?.id}`);
    expect(broken.stderr).toContain(`--key ${found?.key}`);
    expect(found?.sealed).toBe(false);
    const mended = { env, input: header + rows(4, 7_000) };
    const sent = await json<Sent>(['send', '-', ...settings, '--key', found?.key ?? ''], mended);
    expect(sent).toMatchObject({ runId: found?.id, accepted: 4 });
    expect(await json(['run', sent.runId], { env })).toMatchObject({
      status: 'sealed',
      unclosedIntakes: 0,
      recipients: { promised: 4, missing: 0 },
    });
  });
});

it('--no-seal leaves the run open until it is sealed', async () => {
  const { runId } = await send(await file(header + rows(2, 8_000)), '--no-seal');
  expect(await json(['run', runId], { env })).toMatchObject({ status: 'open' });
  expect(await json(['seal', runId], { env })).toMatchObject({ status: 'sealed' });
});
