import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { judgeOwnTls, judgeProviderTls, judgeRedisPassword } from '../../../src/cli/doctor/judge-secrecy.js';
import { parseConfig } from '../../../src/config/config.js';
import { makeCertificates } from '../../support/servers/certificates.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://localhost:6379' };
const credentials = { QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'secret-key' };

it.each([
  ['https://multichannel.qiscus.com', true],
  ['http://multichannel.qiscus.com', false],
  ['http://10.0.0.1:8080', false],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost.example.com', false],
  ['http://127.0.0.1:8080', true],
  ['http://localhost:8080', true],
  ['http://[::1]:8080', true],
])('of Qiscus at %s the doctor says that nobody reads along: %s', (url, ok) => {
  for (const more of [{}, credentials]) {
    const finding = judgeProviderTls(parseConfig({ ...env, ...more, QISCUS_BASE_URL: url }));
    expect(finding).toMatchObject(ok ? { ok } : { ok, detail: expect.stringContaining(url) });
  }
});

it.each([
  [{ REDIS_URL: 'redis://localhost:6379' }, true],
  [{ REDIS_URL: 'redis://127.0.0.1:6379' }, true],
  [{ REDIS_URL: 'redis://redis:6379' }, false],
  [{ REDIS_URL: 'redis://user@redis:6379' }, false],
  [{ REDIS_URL: 'rediss://10.0.0.1:6379' }, false],
  [{ REDIS_URL: 'redis://:hunter22@redis:6379' }, true],
  [{ REDIS_URL: '', SIARAN_REDIS_CLUSTER: '127.0.0.1:7001,redis-2:7002' }, false],
  [{ REDIS_URL: '', SIARAN_REDIS_CLUSTER: '127.0.0.1:7001' }, true],
  [{ REDIS_URL: 'redis://user:hunter22@x', SIARAN_REDIS_CLUSTER: 'redis-1:7001' }, true],
])('with %j the doctor says that Redis lets in who may: %s', (more, ok) => {
  const finding = judgeRedisPassword(parseConfig({ ...env, ...more }));
  expect(finding.ok).toBe(ok);
  expect(JSON.stringify(finding)).not.toContain('hunter22');
});

it.each([
  [{}, true, 'only this machine'],
  [
    { SIARAN_ADMIN_HOST: '0.0.0.0', SIARAN_ADMIN_TOKEN: '5b0c7f19d2a84e63b1f7c0d98e4a2671' },
    true,
    'a proxy has to bring TLS',
  ],
  [{ SIARAN_ADMIN_URL: 'https://siaran.example.com' }, true, 'only this machine'],
  [{ SIARAN_ADMIN_URL: 'http://siaran.example.com' }, false, 'passwords and numbers can be read'],
  [{ SIARAN_ADMIN_URL: 'http://localhost:3000' }, true, 'only this machine'],
])('with %j the doctor says of the way to the admin: %s, %s', (more, ok, detail) => {
  expect(judgeOwnTls(parseConfig({ ...env, ...more }))).toMatchObject({ ok, detail: expect.stringContaining(detail) });
});

it('the doctor says until when a certificate is valid, and objects from two weeks before', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'siaran-doctor-'));
  const { certPath, keyPath } = await makeCertificates(dir);
  const pair = { SIARAN_TLS_CERT_FILE: certPath, SIARAN_TLS_KEY_FILE: keyPath };
  const config = parseConfig({ ...env, ...pair });
  const day = 86_400_000;
  const at = (days: number) => judgeOwnTls(config, Date.now() + days * day);
  expect(at(0)).toMatchObject({ ok: true, detail: expect.stringMatching(/^https, with a certificate until \d{4}-/) });
  expect(at(-10)).toMatchObject({ ok: false, detail: expect.stringContaining('is valid from') });
  // It is made for a year.
  expect(at(360)).toMatchObject({ ok: false, detail: expect.stringContaining('is valid until') });
  expect(at(4_000)).toMatchObject({ ok: false, todo: expect.stringContaining('renewed') });
  expect(() => judgeOwnTls(parseConfig({ ...env, ...pair, SIARAN_TLS_KEY_FILE: certPath }))).toThrow(
    /TLS can't be served/,
  );
  await rm(dir, { recursive: true });
});
