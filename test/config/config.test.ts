import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };

describe('Redis', () => {
  it('is one server or a cluster, and one of both is a must', () => {
    expect(parseConfig(env)).toMatchObject({ redisUrl: 'redis://redis:6379', redisCluster: undefined });
    const { DATABASE_URL } = env;
    const cluster = { DATABASE_URL, SIARAN_REDIS_CLUSTER: 'redis-1:6379, 10.0.0.2:7001,[fd00::3]:7002' };
    expect(parseConfig(cluster)).toMatchObject({
      redisUrl: undefined,
      redisCluster: [
        { host: 'redis-1', port: 6379 },
        { host: '10.0.0.2', port: 7001 },
        { host: 'fd00::3', port: 7002 },
      ],
    });
    expect(() => parseConfig({ DATABASE_URL, SIARAN_REDIS_CLUSTER: ' ' })).toThrow(
      'REDIS_URL is not set; for example redis://localhost:6379',
    );
  });

  it.each(['-1', '1.5', 'many', '2147483648'])('asks for no approval above %j people', (written) => {
    expect(() => parseConfig({ ...env, SIARAN_APPROVAL_ABOVE: written })).toThrow(
      /SIARAN_APPROVAL_ABOVE is ".*"; write a whole number of people/,
    );
  });

  it('takes how many opt-outs are ordinary', () => {
    const given = (text: string) => parseConfig({ ...env, SIARAN_OPT_OUT_THRESHOLD: text }).optOutThreshold;
    expect(given('')).toEqual({ aMinute: 50, ofHandedOver: 0.05 });
    expect(given('2000, 0.5%')).toEqual({ aMinute: 2_000, ofHandedOver: 0.005 });
    expect(given('0,100%')).toEqual({ aMinute: 0, ofHandedOver: 1 });
    for (const wrong of ['50', '50,5', '5%', '-1,5%', '50,101%', '50;5%'])
      expect(() => given(wrong)).toThrow(/SIARAN_OPT_OUT_THRESHOLD is ".*"; it must be how many a minute/);
  });

  it('takes where people open the admin, without a slash at its end', () => {
    const given = (SIARAN_ADMIN_URL: string) => parseConfig({ ...env, SIARAN_ADMIN_URL }).adminUrl;
    expect(given('https://siaran.example.com/')).toBe('https://siaran.example.com');
    expect(given('http://10.0.0.7:3000/siaran')).toBe('http://10.0.0.7:3000/siaran');
    for (const wrong of ['siaran.example.com', 'javascript:alert(1)', 'ftp://siaran.example.com'])
      expect(() => given(wrong)).toThrow(/SIARAN_ADMIN_URL is not an address that begins with https:/);
    for (const wrong of [
      'https://a:b@siaran.example.com',
      'https://siaran.example.com/?a=b',
      'https://siaran.example.com/#a',
    ])
      expect(() => given(wrong)).toThrow(/SIARAN_ADMIN_URL must be an address without a password/);
  });

  it.each(['redis-2', 'redis-2:', ':7001', 'redis-2:70000', 'redis-2:0', 'redis://redis-2:7001', 'fd00::3:7001', ''])(
    'names the entry of a cluster that is wrong: %j',
    (entry) => {
      const wrong = { ...env, SIARAN_REDIS_CLUSTER: `redis-1:6379,${entry},redis-3:6379` };
      expect(() => parseConfig(wrong)).toThrow(`SIARAN_REDIS_CLUSTER has the entry ${JSON.stringify(entry)};`);
      expect(() => parseConfig(wrong)).not.toThrow(/redis-3:6379"/);
    },
  );
});

describe('what a worker tells', () => {
  it('is told nowhere unless a port is named, and then to this machine alone', () => {
    expect(parseConfig(env).worker).toBeUndefined();
    expect(parseConfig({ ...env, SIARAN_WORKER_PORT: '9464' }).worker).toEqual({ host: '127.0.0.1', port: 9464 });
    const open = { ...env, SIARAN_WORKER_PORT: '9464', SIARAN_WORKER_HOST: '0.0.0.0' };
    expect(parseConfig(open).worker).toEqual({ host: '0.0.0.0', port: 9464 });
    for (const port of ['0', '65536', 'http', '80a'])
      expect(() => parseConfig({ ...env, SIARAN_WORKER_PORT: port })).toThrow('SIARAN_WORKER_PORT must be a port');
    expect(() => parseConfig({ ...open, SIARAN_WORKER_HOST: 'a b' })).toThrow('SIARAN_WORKER_HOST must be a host name');
  });

  it("is traced when OpenTelemetry's variables ask for it", () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    expect(parseConfig(env).tracing).toBeUndefined();
    expect(parseConfig({ ...env, ...endpoint }).tracing).toMatchObject({
      exportTimeoutMs: 3_000,
      proxy: undefined,
      headers: {},
    });
    const own = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    };
    expect(parseConfig({ ...env, ...own }).tracing).toMatchObject({ exportTimeoutMs: 500, proxy: undefined });
    for (const off of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])
      expect(parseConfig({ ...env, ...endpoint, ...off }).tracing).toBeUndefined();
  });
});

describe("campaigns' audiences", () => {
  it("are asked of no database unless one is told, least of all the ledger's, and have five minutes", () => {
    expect(parseConfig(env)).toMatchObject({ audienceDatabaseUrl: undefined, audienceTimeoutMs: 300_000 });
    const crm = 'postgres://reader:secret@crm:5432/crm';
    const told = { ...env, SIARAN_AUDIENCE_DATABASE_URL: `${crm}?sslmode=require`, SIARAN_AUDIENCE_TIMEOUT: '90s' };
    expect(parseConfig(told)).toMatchObject({
      databaseUrl: env.DATABASE_URL,
      audienceDatabaseUrl: `${crm}?sslmode=verify-full`,
      audienceTimeoutMs: 90_000,
    });
  });

  it('have a folder for their files if one is told, by its whole path', () => {
    expect(parseConfig(env).audienceDir).toBeUndefined();
    expect(parseConfig({ ...env, SIARAN_AUDIENCE_DIR: '/data/audiences' }).audienceDir).toBe('/data/audiences');
    expect(() => parseConfig({ ...env, SIARAN_AUDIENCE_DIR: 'audiences' })).toThrow(
      'SIARAN_AUDIENCE_DIR must be the whole path of a folder',
    );
  });

  it('are refused an address or a time that is none, by name and without the password', () => {
    const wrong = {
      ...env,
      SIARAN_AUDIENCE_DATABASE_URL: 'mysql://reader:secret@crm/crm',
      SIARAN_AUDIENCE_TIMEOUT: '0s',
    };
    expect(() => parseConfig(wrong)).toThrow(
      /SIARAN_AUDIENCE_DATABASE_URL is not an address that begins with postgres:\/\/ .*\n +SIARAN_AUDIENCE_TIMEOUT is "0s"; write a duration/,
    );
    expect(() => parseConfig(wrong)).not.toThrow(/secret/);
  });

  it("have their database's password redacted in logs, as it is written and as it is meant", async () => {
    // The logger writes to file descriptor 2, which only belongs to a process of its own.
    const script = `
      const { openContext } = await import('./dist/src/context.js');
      const { parseConfig } = await import('./dist/src/config/config.js');
      const ctx = openContext(parseConfig(process.env));
      ctx.logger.warn('as written: p%40ss-word, as meant: p@ss-word');
      await ctx.close();`;
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: {
        ...env,
        REDIS_URL: process.env.SIARAN_TEST_REDIS,
        SIARAN_AUDIENCE_DATABASE_URL: 'postgres://reader:p%40ss-word@crm/crm',
      },
    });
    expect(stderr).toContain('as written: ***, as meant: ***');
  });
});

describe('a webhook', () => {
  const given = (SIARAN_NOTIFY_URL?: string, SIARAN_NOTIFY_SECRET?: string) =>
    parseConfig({ ...env, SIARAN_NOTIFY_URL, SIARAN_NOTIFY_SECRET }).notify;
  const url = 'https://user:sesame@example.com/hook';

  it('takes an address and a secret, and none of both', () => {
    for (const secret of ['whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3', 'sixteen letters.'])
      expect(given(url, secret)).toEqual({ url, secret });
    expect(given()).toBeUndefined();
    expect(given(undefined, 'sixteen letters.')).toBeUndefined();
  });

  it('without a secret could be imitated, and is refused', () => {
    expect(() => given(url)).toThrow('SIARAN_NOTIFY_SECRET is not set, and SIARAN_NOTIFY_URL is');
  });

  it.each(['too short', 'whsec_c2hvcnQ=', 'whsec_this is no base64 at all'])(
    'with the secret %j, which is none, is refused without showing it',
    (secret) => {
      expect(() => given(url, secret)).toThrow(
        'SIARAN_NOTIFY_SECRET must be whsec_ and the base64 of at least 16 bytes',
      );
      expect(() => given(url, secret)).not.toThrow(new RegExp(secret));
    },
  );

  it('that is no address is refused without showing it', () => {
    expect(() => given('ftp://user:sesame@example.com', 'sixteen letters.')).toThrow(
      /SIARAN_NOTIFY_URL is not an address that begins with https:\/\/ or http:\/\//,
    );
    expect(() => given('ftp://user:sesame@example.com', 'sixteen letters.')).not.toThrow(/sesame/);
  });
});

describe('Postgres over TLS', () => {
  const modeOf = (search: string) =>
    new URL(parseConfig({ ...env, DATABASE_URL: `${env.DATABASE_URL}${search}` }).databaseUrl).search;

  it('checks the certificate wherever node-postgres does, without its warning of other times to come', () => {
    for (const mode of ['prefer', 'require', 'verify-ca', 'verify-full'])
      expect(modeOf(`?sslmode=${mode}`)).toBe('?sslmode=verify-full');
    for (const asGiven of ['', '?sslmode=disable', '?sslmode=no-verify', '?sslmode=require&uselibpqcompat=true'])
      expect(modeOf(asGiven)).toBe(asGiven);
  });

  it('wants the files that it names to be there', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'siaran-config-'));
    const path = join(dir, 'ca.pem');
    expect(() => modeOf(`?sslmode=require&sslrootcert=${path}`)).toThrow(
      `DATABASE_URL names a file as sslrootcert that can't be read: ENOENT: no such file or directory, access '${path}'`,
    );
    await writeFile(path, '');
    expect(modeOf(`?sslmode=require&sslrootcert=${path}`)).toBe(
      `?sslmode=verify-full&sslrootcert=${encodeURIComponent(path)}`,
    );
    await rm(dir, { recursive: true });
  });
});

describe('the receiver of callbacks', () => {
  it('has a secret of letters, digits, - and _, and listens on this machine unless told otherwise', () => {
    expect(parseConfig(env)).toMatchObject({
      callbackSecrets: { common: [], own: new Map() },
      adminHost: '127.0.0.1',
      adminPort: 3000,
    });
    const told = { SIARAN_CALLBACK_SECRET: 'sixteen-letters_', SIARAN_ADMIN_HOST: '::', SIARAN_ADMIN_PORT: '0' };
    expect(parseConfig({ ...env, ...told })).toMatchObject({
      callbackSecrets: { common: ['sixteen-letters_'], own: new Map() },
      adminHost: '::',
      adminPort: 0,
    });
  });

  it.each(['fifteen-letters', 'with/slash-0123456', 'with space-0123456', `${'x'.repeat(201)}`])(
    'is refused the secret %j, without showing it',
    (secret) => {
      const wrong = { ...env, SIARAN_CALLBACK_SECRET: secret };
      expect(() => parseConfig(wrong)).toThrow(/SIARAN_CALLBACK_SECRET must be 16 to 200 letters, digits, - or _/);
      expect(() => parseConfig(wrong)).not.toThrow(new RegExp(secret));
    },
  );

  it.each(['70000', '-1', 'http', '80.5'])('is refused the port %j', (port) => {
    expect(() => parseConfig({ ...env, SIARAN_ADMIN_PORT: port })).toThrow(/SIARAN_ADMIN_PORT must be a port/);
  });
});
