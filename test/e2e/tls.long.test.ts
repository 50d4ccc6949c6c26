import { chmod, chown, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from '../../src/local/postgres.js';
import type { LocalServer } from '../../src/local/server.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { json, run, start, until } from '../cli/siaran.js';
import { eventually, invoices } from '../support/rig.js';
import { type Certificates, makeCertificates } from '../support/servers/certificates.js';
import { startForwardProxy } from '../support/servers/forward-proxy.js';
import { startRedisCluster } from '../support/servers/redis-cluster.js';
import { lackOfTls, type RedisServer, startRedisServer } from '../support/servers/redis-server.js';

const lacking = await lackOfTls();
if (lacking) process.stderr.write(`SKIPPED: nothing is tried over TLS, because ${lacking}.\n`);
const login = { user: 'siaran', password: 'p@ss/wörd' };

let dir: string;
let certificates: Certificates;
let postgres: LocalServer;
let redis: RedisServer;
let sandbox: Sandbox;
let env: Record<string, string>;

// The program runs in processes of its own: Node reads NODE_EXTRA_CA_CERTS when it starts.
(lacking ? describe.skip : describe)('over TLS, with passwords and a private CA', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'siaran-tls-'));
    // For root, Postgres runs as another user, who has to get there.
    await chmod(dir, 0o755);
    certificates = await makeCertificates(dir);
    sandbox = await startSandbox({ appId: 'app', secretKey: 'sandbox-secret-key' });
    postgres = await startPostgres({ dataDir: join(dir, 'postgres'), throwaway: true });
    redis = await startRedisServer({ dataDir: join(dir, 'redis'), tls: certificates, login });
    env = {
      DATABASE_URL: `${await insistOnTls(postgres.url)}?sslmode=verify-full&sslrootcert=${certificates.caPath}`,
      REDIS_URL: redis.url,
      NODE_EXTRA_CA_CERTS: certificates.caPath,
      QISCUS_BASE_URL: sandbox.url,
      QISCUS_APP_ID: 'app',
      QISCUS_SECRET_KEY: 'sandbox-secret-key',
      LOG_LEVEL: 'info',
    };
  });
  afterAll(async () => {
    await sandbox?.close();
    await redis?.stop();
    await postgres?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test('a run goes from the migration to the last message, on Redis and on a cluster', async () => {
    const migrated = await run(['migrate'], { env: { ...env, DATABASE_URL: withMode('require') } });
    // What `require` means is in the README; node-postgres would warn of it here.
    expect(migrated).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/warning/i) });
    await broadcast(env, 0);

    const cluster = await startRedisCluster({ masters: 3, replicasEach: 0, tls: certificates, login });
    try {
      await broadcast({ ...env, SIARAN_REDIS_CLUSTER: cluster.addresses }, 1_500);
    } finally {
      await cluster.stop();
    }
    const counts = [...sandbox.accepted.deliveries().values()];
    expect({ numbers: counts.length, most: Math.max(...counts) }).toEqual({ numbers: 3_000, most: 1 });
  });

  test('a proxy leads to Qiscus, and sees nothing of what goes there', async () => {
    const [cert, key] = await Promise.all([readFile(certificates.certPath), readFile(certificates.keyPath)]);
    const provider = createServer({ cert, key }, (_request, response) => response.end());
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const proxy = await startForwardProxy();
    try {
      const host = `qiscus.internal:${(provider.address() as AddressInfo).port}`;
      const reach = async (given: Record<string, string>) => {
        const { stdout } = await run(['doctor', '--json'], {
          env: { ...env, QISCUS_BASE_URL: `https://${host}`, ...given },
        });
        const checks = JSON.parse(stdout) as { check: string; detail: string }[];
        return checks.find(({ check }) => check === 'Qiscus reachable')?.detail;
      };
      const address = `127.0.0.1:${proxy.port}`;
      expect(await reach({ HTTPS_PROXY: `http://siaran:pass%20word@${address}` })).toBe(
        `https://${host} answers through http://${address}`,
      );
      expect(proxy.tunnels).toEqual([`siaran:pass word ${host}`]);
      expect(await reach({ HTTPS_PROXY: `http://siaran:wrong@${address}` })).toMatch(/HTTP 407$/);
    } finally {
      await proxy.close();
      provider.close();
    }
  });

  test.each<[string, () => Record<string, string>, Record<string, RegExp>]>([
    ['all is right', () => ({}), {}],
    [
      "Redis's CA isn't known",
      () => ({ NODE_EXTRA_CA_CERTS: '' }),
      { 'Redis reachable': /^Redis can't be reached: (unable to|self-signed).*NODE_EXTRA_CA_CERTS=/ },
    ],
    [
      "Redis's CA is another one",
      () => ({ NODE_EXTRA_CA_CERTS: certificates.otherCaPath }),
      { 'Redis reachable': /^Redis can't be reached: (unable to|self-signed).*NODE_EXTRA_CA_CERTS=/ },
    ],
    [
      "a cluster's CA isn't known",
      () => ({ NODE_EXTRA_CA_CERTS: '', SIARAN_REDIS_CLUSTER: `127.0.0.1:${redis.port}` }),
      { 'Redis reachable': /^Redis can't be reached: (unable to|self-signed).*NODE_EXTRA_CA_CERTS=/ },
    ],
    [
      'the password is wrong',
      () => ({ REDIS_URL: `rediss://siaran:wrong@127.0.0.1:${redis.port}` }),
      { 'Redis reachable': /^Redis refuses the connection: WRONGPASS/ },
    ],
    [
      "Postgres's CA is another one",
      () => ({ DATABASE_URL: withMode('verify-full').replace(certificates.caPath, certificates.otherCaPath) }),
      {
        'Postgres reachable': /^Postgres refuses the connection: .*unable to.*sslrootcert=/,
        Migrations: /^Postgres can't be reached: unable to.*sslrootcert=/,
      },
    ],
    [
      'Postgres insists on TLS',
      () => ({ DATABASE_URL: withMode('disable') }),
      { 'Postgres reachable': /^Postgres refuses the connection: .*no encryption/ },
    ],
  ])('the doctor says so when %s', async (_name, changes, expected) => {
    const asked = Date.now();
    const { code, stdout, stderr } = await run(['doctor', '--json'], { env: { ...env, LOG_LEVEL: '', ...changes() } });
    const checks = JSON.parse(stdout) as { check: string; ok: boolean; detail: string; todo: string | null }[];
    // Its Postgres is for tests, and as fast as that: this is what the doctor finds in any case.
    const amiss = checks.filter(({ ok, check }) => !ok && check !== 'Postgres synchronous_commit');
    for (const { check, detail, todo } of amiss)
      if (expected[check]) expect(`${detail} ${todo}`).toMatch(expected[check]);
    expect(amiss.map(({ check }) => check)).toEqual(expect.arrayContaining(Object.keys(expected)));
    if (Object.keys(expected).length === 0) expect(amiss).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).not.toMatch(/ {4}at |wörd/);
    expect(Date.now() - asked).toBeLessThan(20_000);
  });
});

/** A worker of its own sends 1,500 recipients, and nothing of it is amiss. */
async function broadcast(environment: Record<string, string>, from: number): Promise<void> {
  const worker = start(['worker', '--json'], { env: environment });
  try {
    await until(() => worker.stdout().includes('\n'), 'the worker');
    const rows = [...invoices(1_500, from)].map((row) => Object.values(row).join(','));
    const settings = ['--template-detail-id', '172', '--name', 'Over TLS', '--key', `tls-${from}`];
    const input = `phone_number,customer_name,body_variable1\n${rows.join('\n')}\n`;
    const { runId } = await json<{ runId: string }>(['send', '-', ...settings], { env: environment, input });
    await eventually(
      () => json<{ outcome: string | null }>(['run', runId], { env: environment }),
      ({ outcome }) => outcome === 'handed_over',
    );
    expect(await json(['verify', runId], { env: environment })).toMatchObject({ ok: true });
  } finally {
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  }
  expect(worker.stderr()).not.toMatch(/"level":"(warn|error|fatal)"|Warning/);
}

function withMode(mode: string): string {
  return (env.DATABASE_URL ?? '').replace('verify-full', mode);
}

/** From here on nobody gets in without TLS and a password. */
async function insistOnTls(url: string): Promise<string> {
  const dataDir = join(dir, 'postgres');
  const { uid, gid } = await stat(dataDir);
  for (const [path, name] of [
    [certificates.certPath, 'server.crt'],
    [certificates.keyPath, 'server.key'],
  ] as const) {
    await copyFile(path, join(dataDir, name));
    await chown(join(dataDir, name), uid, gid);
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("ALTER USER postgres PASSWORD 'a secret'");
  await client.query('ALTER SYSTEM SET ssl = on');
  await writeFile(join(dataDir, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  const refusal = async () => {
    const plain = new Client({ connectionString: url });
    return plain.connect().then(() => plain.end(), String);
  };
  await eventually(refusal, (said) => /no encryption/.test(said ?? ''));
  return Object.assign(new URL(url), { password: 'a secret' }).href;
}
