import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startServices } from '../../src/local/services.js';
import { askOnce } from '../support/environment.js';

const toolsDir = resolve('.siaran', 'tools');
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran local '));
});

afterEach(async () => {
  const left = await processesIn(dir);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  await rm(dir, { recursive: true, force: true });
  expect(left).toEqual([]);
});

test('both start in a folder with a space in its name, answer, and are gone after stop', async () => {
  const services = await startServices({ dir, toolsDir });
  await expect(remember(services, 'one')).resolves.toBeUndefined();
  expect(await setting(services.databaseUrl, 'fsync')).toBe('on');
  expect(await setting(services.databaseUrl, 'synchronous_commit')).toBe('on');
  expect(await redisSetting(services.redisUrl, 'appendonly')).toBe('yes');
  expect(await redisSetting(services.redisUrl, 'maxmemory-policy')).toBe('noeviction');
  expect((await processesIn(dir)).length).toBeGreaterThan(1);

  await services.stop();
  await services.stop();
  expect(await processesIn(dir)).toEqual([]);
});

test('a second start on the same folder finds what the first one stored', async () => {
  const first = await startServices({ dir, toolsDir });
  await remember(first, 'kept');
  await first.stop();

  const second = await startServices({ dir, toolsDir });
  expect(await recall(second)).toEqual(['kept', 'kept']);
  await second.stop();
});

test('a folder that a living process uses is refused, and its servers go on', async () => {
  const first = await startServices({ dir, toolsDir, throwaway: true });
  await expect(startServices({ dir, toolsDir, throwaway: true })).rejects.toMatchObject({ code: 'IN_USE' });
  await remember(first, 'undisturbed');
  await first.stop();
});

test('servers that a killed owner left running are stopped, and what they stored is kept', async () => {
  const owner = await startElsewhere();
  await remember(owner.services, 'survives');
  const orphans = await processesIn(dir);
  owner.child.kill('SIGKILL');
  await once(owner.child, 'exit');
  expect(await processesIn(dir)).toEqual(orphans);

  const services = await startServices({ dir, toolsDir });
  expect(await recall(services)).toEqual(['survives', 'survives']);
  expect((await processesIn(dir)).filter((pid) => orphans.includes(pid))).toEqual([]);
  await services.stop();
});

test("an old postmaster.pid that names a stranger's process does not keep Postgres from starting", async () => {
  const first = await startServices({ dir, toolsDir, throwaway: true });
  await first.stop();
  // Postgres takes only processes of its own user for another Postgres.
  const { uid } = await stat(join(dir, 'postgres'));
  const stranger = spawn('sleep', ['60'], { uid });
  const file = join(dir, 'postgres', 'postmaster.pid');
  await writeFile(file, `${stranger.pid}\n${join(dir, 'postgres')}\n1\n1\n\n127.0.0.1\n`);

  const second = await startServices({ dir, toolsDir, throwaway: true });
  await second.stop();
  expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
  stranger.kill();
});

test('when one of them fails to start, neither is left running', async () => {
  await writeFile(join(dir, 'redis'), 'where a folder should be');
  await expect(startServices({ dir, toolsDir, throwaway: true })).rejects.toThrow(/redis/);
  expect(await processesIn(dir)).toEqual([]);
});

test('an abort half-way leaves nothing running', async () => {
  const controller = new AbortController();
  const starting = startServices({ dir, toolsDir, throwaway: true, signal: controller.signal });
  await sleep(200);
  controller.abort();
  await expect(starting).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(await processesIn(dir)).toEqual([]);
});

test.each([0, 100, 400, 800])(
  'a SIGINT after %i ms of starting ends the program and leaves nothing running',
  async (ms) => {
    const child = runElsewhere();
    await once(child.stdout, 'data');
    await sleep(ms);
    child.kill('SIGINT');
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGINT');
    await expectAllGone();
  },
);

test('a program that exits without calling stop leaves nothing running', async () => {
  const { child } = await startElsewhere('process.exit(3)');
  const code = child.exitCode ?? (await once(child, 'exit'))[0];
  expect(code).toBe(3);
  await expectAllGone();
});

interface Urls {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Another process that starts the services of `dir` and keeps them. */
function runElsewhere(afterwards = 'setInterval(() => {}, 1000)') {
  const built = pathToFileURL(resolve('dist/src/local/services.js')).href;
  const script = `
    const { startServices } = await import(${JSON.stringify(built)});
    console.log('starting');
    const options = { dir: ${JSON.stringify(dir)}, toolsDir: ${JSON.stringify(toolsDir)} };
    const { databaseUrl, redisUrl } = await startServices(options);
    console.log(JSON.stringify({ databaseUrl, redisUrl }));
    ${afterwards}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function startElsewhere(afterwards?: string) {
  const child = runElsewhere(afterwards);
  let output = '';
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(text);
    if (output.includes('}\n')) break;
  }
  return { child, services: JSON.parse(output.replace('starting\n', '')) as Urls };
}

async function remember({ databaseUrl, redisUrl }: Urls, value: string): Promise<void> {
  await askOnce(databaseUrl, 'CREATE TABLE IF NOT EXISTS memory (value TEXT)');
  await askOnce(databaseUrl, `INSERT INTO memory VALUES ('${value}')`);
  await inRedis(redisUrl, (redis) => redis.set('memory', value));
}

async function recall({ databaseUrl, redisUrl }: Urls): Promise<unknown[]> {
  const [row] = await askOnce<{ value: string }>(databaseUrl, 'SELECT value FROM memory');
  return [row?.value, await inRedis(redisUrl, (redis) => redis.get('memory'))];
}

async function setting(url: string, name: string): Promise<unknown> {
  return (await askOnce<Record<string, string>>(url, `SHOW ${name}`))[0]?.[name];
}

async function redisSetting(url: string, name: string): Promise<unknown> {
  const answer = await inRedis(url, (redis) => redis.config('GET', name));
  return Array.isArray(answer) ? answer[1] : (answer as Record<string, string>)[name];
}

async function inRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    await redis.quit();
  }
}

async function expectAllGone(): Promise<void> {
  for (let tries = 100; tries > 0 && (await processesIn(dir)).length > 0; tries--) await sleep(50);
  expect(await processesIn(dir)).toEqual([]);
}

/** Server processes that work in a folder or name it. Elsewhere than on Linux nothing is seen, and less is tested. */
async function processesIn(folder: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (cwd.startsWith(folder) || (command.includes(folder) && !command.includes('startServices'))) {
      found.push(Number(pid));
    }
  }
  return found;
}
