import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { bin, json, root, run, start, until } from '../siaran.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-demo-'));
  // For root, Postgres runs as another user, who has to get there.
  await chmod(folder, 0o755);
  await mkdir(join(folder, '.siaran'));
  const tools = join(root, '.siaran', 'tools');
  if (existsSync(tools)) await symlink(tools, join(folder, '.siaran', 'tools'));
});

afterEach(async () => {
  expect(await left()).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

/** The processes that were started for this folder and still run. */
async function left(): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map(async (id) => {
      const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
      const env = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
      const ours = Number(id) !== process.pid && (line.includes(folder) || env.includes(`PWD=${folder}`));
      return ours ? line.replaceAll('\0', ' ') : '';
    }),
  );
  return lines.filter((line) => line !== '');
}

/** What somebody has set for a real installation must not be used. */
const env = { DATABASE_URL: 'postgres://127.0.0.1:9/x', REDIS_URL: 'redis://127.0.0.1:9', SIARAN_RATE_LIMIT: '?' };

it('the demo delivers its example from end to end, and a second time', async () => {
  type Demo = { run: object; batches: object[]; rejections: object[]; sandbox: object };
  const first = await json<Demo>(['demo'], { alone: true, cwd: folder, env: { ...env, PWD: folder } });
  expect(first.run).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: 2_460, duplicates: 28, rejected: 12 },
  });
  expect(first.batches).toHaveLength(3);
  expect(first.rejections).toHaveLength(12);
  expect(first.sandbox).toEqual({ jobs: 3, recipients: 2_460, mostPerNumber: 1 });
  expect(await left()).toEqual([]);
  const second = await run(['demo'], { alone: true, cwd: folder, env: { ...env, PWD: folder } });
  expect(second.code).toBe(0);
  expect(second.stdout).toMatch(/3 broadcast jobs with 2,460 recipients; most messages to one number: 1/);
});

it('on a terminal it asks nothing, as nobody is messaged', async () => {
  const command = `'${process.execPath}' '${bin}' demo`;
  const demo = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    ...{ cwd: folder, env: { PATH: process.env.PATH, PWD: folder, TERM: 'xterm' }, stdio: ['pipe', 'pipe', 'pipe'] },
  });
  let seen = '';
  demo.stdout.on('data', (text) => {
    seen += String(text);
    if (seen.includes('[y/N]')) demo.stdin.write('n\r');
  });
  const [code] = await once(demo, 'close');
  expect(seen).not.toContain('[y/N]');
  expect(seen).toMatch(/3 broadcast jobs with 2,460 recipients/);
  expect(code).toBe(0);
});

it.each([/Starting Postgres/, /Applied/, /Worker: process/, /Sending/])(
  'Ctrl-C after %s leaves nothing running',
  async (line) => {
    const demo = start(['demo'], { cwd: folder, env: { PWD: folder } });
    await until(() => line.test(demo.stderr()), String(line));
    demo.child.kill('SIGINT');
    const { code, stderr } = await demo.ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringMatching(/Interrupted; everything is stopped\.\n$/),
    });
  },
);

it('--stay keeps everything up with the environment to use it, and Ctrl-C then ends it with 0', async () => {
  const demo = start(['demo', '--stay'], { cwd: folder, env: { PWD: folder } });
  await until(() => /Ctrl-C stops it/.test(demo.stderr()), 'the demo to stay');
  const exported = [...demo.stderr().matchAll(/export (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
  const shown = await json<object[]>(['runs'], { env: Object.fromEntries(exported) as Record<string, string> });
  expect(shown).toMatchObject([{ outcome: 'handed_over' }]);
  const [, link = ''] = /open (\S+) in a browser/.exec(demo.stderr()) ?? [];
  const opened = await fetch(link, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/runs\/r/)]);
  demo.child.kill('SIGINT');
  expect((await demo.ended).code).toBe(0);
});

it('a demo whose sandbox was asked to message somebody twice fails, and says so', async () => {
  const demo = start(['demo'], { cwd: folder, env: { PWD: folder } });
  const sandbox = await until(() => /in the place of Qiscus: (\S+)/.exec(demo.stderr())?.[1], 'the sandbox');
  type Job = { name: string; broadcastFileId: number; templateDetailId: number };
  const jobs = async (): Promise<Job[]> => (await fetch(`${sandbox}/_sandbox/jobs`)).json() as Promise<Job[]>;
  const { name, broadcastFileId, templateDetailId } = await until(async () => (await jobs())[0], 'a send');
  const again = await fetch(`${sandbox}/api/v3/admin/broadcast/send_broadcast`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'qiscus-app-id': 'demo', 'qiscus-secret-key': 'demo' },
    body: JSON.stringify({
      ...{ name, broadcast_file_id: broadcastFileId, template_detail_id: templateDetailId, separator: ',' },
      started_at: '2999-01-01T00:00:00Z',
    }),
  });
  expect(again.status).toBe(200);
  const { code, stdout, stderr } = await demo.ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /The demo failed: the sandbox was asked for [\d,]+ messages to 2,460 recipients, and 2 of them to one number/,
    ),
  });
  expect(stdout).toMatch(/4 broadcast jobs/);
});

it('a worker that dies fails the demo, with the path of its log', async () => {
  const demo = start(['demo', '--stay'], { cwd: folder, env: { PWD: folder } });
  await until(() => /Worker: process/.test(demo.stderr()), 'the worker');
  process.kill(Number(/Worker: process (\d+)/.exec(demo.stderr())?.[1]), 'SIGKILL');
  const { code, stderr } = await demo.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/The worker ended with SIGKILL/);
  expect(stderr).toContain(join(folder, '.siaran', 'worker.log'));
  expect(stderr).not.toMatch(/ {4}at /);
});
