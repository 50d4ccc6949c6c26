import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { freePort, start, stopProcess } from '../../src/local/processes.js';
import { findRedis } from '../../src/local/redis.js';
import { root } from '../docs/markdown.js';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-secrets-'));
  await mkdir(join(folder, 'docker'));
  await cp(join(root, 'docker/make-secrets.sh'), join(folder, 'docker/make-secrets.sh'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function makeSecrets(): Promise<Record<string, string>> {
  await run('sh', ['docker/make-secrets.sh'], { cwd: folder });
  const names = await readdir(join(folder, 'secrets'));
  const files = names.map(async (name) => [name, (await readFile(join(folder, 'secrets', name), 'utf8')).trim()]);
  return Object.fromEntries(await Promise.all(files));
}

test('the script makes passwords that are all different once, and addresses that fit them each time', async () => {
  const first = await makeSecrets();
  const passwords = Object.entries(first).filter(([name]) => name.endsWith('-password'));
  expect(new Set(passwords.map(([, password]) => password)).size).toBe(5);
  for (const [name, password] of passwords)
    expect({ name, password }).toEqual({ name, password: expect.stringMatching(/^[0-9a-f]{48}$/) });
  expect(first).toMatchObject({
    'owner-database-url': `postgres://siaran_owner:${first['owner-password']}@postgres:5432/siaran`,
    'database-url': `postgres://siaran:${first['siaran-password']}@postgres:5432/siaran`,
    'audience-database-url': `postgres://siaran_audience:${first['audience-password']}@postgres:5432/audiences`,
    'redis-url': `redis://:${first['redis-password']}@redis:6379`,
  });
  // Others of the machine don't get to the files, which the users of the images can read.
  expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'secrets/redis-url'))).mode & 0o777).toBe(0o644);
  await writeFile(join(folder, 'secrets/redis-password'), 'another\n');
  expect(await makeSecrets()).toEqual({
    ...first,
    'redis-password': 'another',
    'redis-url': 'redis://:another@redis:6379',
  });
});

test('the command of the compose file starts a Redis that asks for the password of the file, and says no before it is killed', async () => {
  const { 'redis-password': password = '' } = await makeSecrets();
  const { redis } = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }).services;
  expect(redis.mem_limit).toBe('1g');
  const here = (word: string) => word.replaceAll('$$', '$').replaceAll('/run/secrets', join(folder, 'secrets'));
  const [command = '', ...args] = redis.command.map(here);
  // What the image's own script comes to.
  await writeFile(join(folder, 'docker-entrypoint.sh'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  const { path, env } = await findRedis(join(root, '.siaran', 'tools'));
  const port = await freePort();
  const server = await start({
    ...{
      command,
      args: [...args, '--port', String(port), '--bind', '127.0.0.1'],
      output: 'pipe',
      stopSignal: 'SIGTERM',
    },
    cwd: folder,
    env: { ...process.env, ...env, PATH: [folder, dirname(path), process.env.PATH].join(delimiter) },
  });
  const client = new Redis({ port, password, retryStrategy: () => 100, maxRetriesPerRequest: null });
  client.on('error', () => {});
  try {
    const limit = await client.config('GET', 'maxmemory*');
    expect(limit).toEqual(expect.arrayContaining(['maxmemory', String(512 * 2 ** 20), 'noeviction']));
    expect(await answerTo('PING', port)).toMatch(/^-NOAUTH/);
    expect(await readFile(`/proc/${server.pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(password);
  } finally {
    client.disconnect();
    await stopProcess(server.pid, ['SIGTERM', 'SIGKILL']);
  }
});

/** Of who has said no password. */
async function answerTo(command: string, port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${command}\r\n`);
  return text(socket);
}
