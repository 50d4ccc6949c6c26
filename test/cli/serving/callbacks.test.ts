import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { json, type Running, run, start, until } from '../siaran.js';

const secret = 'cli-secret-0123456789_-';
const settings = ['--template-detail-id', '172', '--name', 'Test'];

let environment: Environment;
let env: Record<string, string>;
const processes: Running[] = [];

/** A process that prints one document when it is ready. */
async function started<T>(args: readonly string[]): Promise<T> {
  const running = start([...args, '--json'], { env });
  processes.push(running);
  await until(() => running.stdout().includes('\n'), args.join(' '));
  return JSON.parse(running.stdout()) as T;
}

beforeAll(async () => {
  environment = await freshEnvironment();
  env = { ...environment.env, SIARAN_CALLBACK_SECRET: secret, SIARAN_ADMIN_PORT: '0', LOG_LEVEL: 'info' };
});

afterAll(async () => {
  for (const { child, ended } of processes.reverse()) {
    child.kill('SIGTERM');
    await ended;
  }
  await environment.drop();
});

it('what the sandbox tells is stored, searched and exported', async () => {
  const receiver = await started<{ url: string; path: string }>(['callbacks']);
  expect(receiver.path).toBe('/callbacks/qiscus/***');
  const address = `${receiver.url}/callbacks/qiscus/${secret}`;
  const { url } = await started<{ url: string }>(['sandbox', '--port', '0', '--callbacks', address]);
  Object.assign(env, { QISCUS_BASE_URL: url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'secret' });
  await started(['worker']);
  const prefix = '6281221';
  const numbers = Array.from({ length: 60 }, (_, index) => `${prefix}${String(100_000 + index)}`);
  const failing = await fetch(`${url}/_sandbox/failing`, {
    method: 'PUT',
    body: JSON.stringify({ [numbers[3] ?? '']: 131050 }),
  });
  expect(failing.status).toBe(200);
  const { runId } = await json<{ runId: string }>(
    ['send', '-', ...settings, '--key', 'told', '--start-at', '2099-01-01T09:00:00Z', '--watch'],
    {
      env,
      input: `phone_number\n${numbers.join('\n')}\n`,
    },
  );
  const statuses = () =>
    environment.query<{ status: string; n: number }>(
      'SELECT shown_status(l) AS status, count(*)::int AS n FROM broadcast_logs l WHERE batch_id = $1 GROUP BY 1 ORDER BY 1',
      [`${runId}-0001`],
    );
  await until(async () => (await statuses()).some(({ status, n }) => status === 'read' && n === 59), 'the callbacks');
  expect(await statuses()).toEqual([
    { status: 'failed', n: 1 },
    { status: 'read', n: 59 },
  ]);

  expect(await json(['recipient', numbers[3] ?? ''], { env })).toMatchObject({
    phoneNumber: numbers[3],
    suppressed: true,
    runs: [
      {
        runId,
        name: 'Test',
        batchId: `${runId}-0001`,
        status: 'scheduled',
        deliveryStatus: 'failed',
        notes: '131050 fault 131050',
      },
    ],
  });
  const people = await run(['recipient', numbers[4] ?? ''], { env });
  expect(people.stdout).toMatch(new RegExp(`^${numbers[4]}  in 1 run\n.*\n${runId} .* read`));
  const rows = parse((await run(['export', runId], { env })).stdout, { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(60);
  expect(rows[4]).toMatchObject({ delivery_status: 'read', message_id: expect.stringMatching(/^wamid\./) });

  const [callbacks] = processes;
  for (const { child, ended } of processes.splice(0).reverse()) {
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  }
  // One line with sums, and none for each of the callbacks.
  const said = `${callbacks?.stdout()}${callbacks?.stderr()}`;
  expect(said).toMatch(/"callbacks":\d{2,},"updated":\d{2,},"ignored":\d+,"unknown":0/);
  expect(said.match(/callbacks of the last minute/g)?.length).toBeLessThan(4);
  expect(said).not.toContain(secret);
  expect(said).not.toContain(prefix);
});

it('needs a secret, a right one, and a port that is free', async () => {
  const missing = await run(['callbacks'], { env: { ...env, SIARAN_CALLBACK_SECRET: '' } });
  expect(missing).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: SIARAN_CALLBACK_SECRET is not set/),
  });
  const short = await run(['callbacks'], { env: { ...env, SIARAN_CALLBACK_SECRET: 'short/secret' } });
  expect(short).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('SIARAN_CALLBACK_SECRET must be 16 to 200 letters'),
  });
  expect(short.stderr).not.toContain('short/secret');
  const taken = createServer();
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
  const { port } = taken.address() as AddressInfo;
  const refused = await run(['callbacks', '--port', String(port)], { env: { ...env, LOG_LEVEL: 'silent' } });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: Port \d+ of 127\.0\.0\.1 is in use.*\n$/),
  });
  await new Promise((closed) => taken.close(closed));
  const wrong = await run(['callbacks', '--port', '99999'], { env });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/--port is "99999"/) });
});

it('a number that is none is refused with 2', async () => {
  const refused = await run(['recipient', '0812-345', '--json'], { env });
  expect(refused).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^error: phone_number "\S+" .*\n$/),
  });
});
