import { expect, it } from '@jest/globals';
import { judgeProviderTls, judgeRedisPassword } from '../../../src/cli/doctor/judge-secrecy.js';
import { parseConfig } from '../../../src/config/config.js';

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
