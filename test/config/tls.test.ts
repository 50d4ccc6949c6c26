import { expect, test } from '@jest/globals';
import { parseConfig, parseDatabaseUrl } from '../../src/config/config.js';

const given = { DATABASE_URL: 'postgres://siaran@localhost:5432/siaran', REDIS_URL: 'redis://localhost:6379' };
const pair = { SIARAN_TLS_CERT_FILE: '/run/tls.pem', SIARAN_TLS_KEY_FILE: '/run/tls-key.pem' };

test('a certificate and its key are both there, or neither', () => {
  expect(parseConfig({ ...given, ...pair }).tls).toEqual({ certFile: '/run/tls.pem', keyFile: '/run/tls-key.pem' });
  expect(parseConfig(given).tls).toBe(undefined);
  for (const name of Object.keys(pair)) {
    expect(() => parseConfig({ ...given, ...pair, [name]: '' })).toThrow(`${name} is not set: a certificate and its`);
    expect(() => parseConfig({ ...given, ...pair, [name]: 'tls.pem' })).toThrow(`${name} must be the whole path`);
  }
});

const safe = {
  DATABASE_URL: 'postgres://siaran@db.example.com/siaran?sslmode=verify-full',
  REDIS_URL: 'rediss://redis.example.com:6379',
  QISCUS_BASE_URL: 'https://multichannel.qiscus.com',
  SIARAN_TLS: 'required',
};

test('where TLS is required, every way out of this machine has it', () => {
  for (const right of [safe, { ...safe, ...given }, { ...safe, QISCUS_BASE_URL: 'http://127.0.0.1:4000' }])
    expect(parseConfig(right).databaseUrl).toBe(right.DATABASE_URL);
  for (const readable of [
    { DATABASE_URL: 'postgres://siaran@db.example.com/siaran' },
    { DATABASE_URL: 'postgres://siaran@db.example.com/siaran?sslmode=no-verify' },
    { DATABASE_URL: 'postgres://siaran@db.example.com/siaran?sslmode=require&uselibpqcompat=true' },
    { DATABASE_URL: 'postgres://siaran@localhost/siaran?host=db.example.com' },
    { DATABASE_URL: 'postgres://siaran@db.example.com/siaran?host=' },
    { DATABASE_URL: 'postgres://siaran@db.example.com/siaran?sslmode=verify-full&sslmode=disable' },
    { SIARAN_AUDIENCE_DATABASE_URL: 'postgres://reader@crm.example.com/crm?sslmode=disable' },
    { REDIS_URL: 'redis://redis.example.com:6379' },
    { QISCUS_BASE_URL: 'http://qiscus.example.com' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://traces.example.com:4318' },
    { SIARAN_ADMIN_URL: 'http://siaran.example.com' },
  ]) {
    const [name] = Object.keys(readable);
    expect(() => parseConfig({ ...safe, ...readable })).toThrow(
      `${name} leads to another machine without TLS, and SIARAN_TLS is required`,
    );
    expect(() => parseConfig({ ...safe, ...readable, SIARAN_TLS: 'optional' })).not.toThrow();
  }
  const cluster = { SIARAN_REDIS_CLUSTER: 'redis-1.example.com:7001', REDIS_URL: 'redis://localhost:6379' };
  expect(() => parseConfig({ ...safe, ...cluster })).toThrow('REDIS_URL leads to another machine');
  expect(() => parseConfig({ ...safe, ...cluster, REDIS_URL: '' })).toThrow('REDIS_URL leads to another machine');
  expect(() => parseConfig({ ...safe, ...cluster, REDIS_URL: 'rediss://x' })).not.toThrow();
});

test('a socket is a file of this machine, and an address without a host leads to that of PGHOST', () => {
  const socket = 'postgres://%2Fvar%2Frun%2Fpostgresql/siaran';
  expect(parseConfig({ ...safe, DATABASE_URL: socket }).databaseUrl).toBe(socket);
  const hostless = { ...safe, DATABASE_URL: 'postgres:///siaran' };
  for (const PGHOST of [undefined, '/var/run/postgresql', 'localhost'])
    expect(() => parseConfig({ ...hostless, PGHOST })).not.toThrow();
  expect(() => parseConfig({ ...hostless, PGHOST: 'db.example.com' })).toThrow('DATABASE_URL leads to another machine');
});

test('what is migrated is the database of the same rule', () => {
  const env = { DATABASE_URL: 'postgres://siaran@db.example.com/siaran', SIARAN_TLS: 'required' };
  expect(() => parseDatabaseUrl(env)).toThrow(
    'DATABASE_URL leads to another machine without TLS, and SIARAN_TLS is required: write sslmode=verify-full',
  );
  expect(() => parseDatabaseUrl({ ...env, SIARAN_TLS: 'always' })).toThrow('SIARAN_TLS must be required or optional');
  expect(parseDatabaseUrl({ ...env, SIARAN_TLS: 'optional' })).toBe(env.DATABASE_URL);
  expect(parseDatabaseUrl(safe)).toBe(safe.DATABASE_URL);
  // Nothing else is asked of it.
  expect(parseDatabaseUrl({ ...safe, QISCUS_BASE_URL: 'http://qiscus.example.com' })).toBe(safe.DATABASE_URL);
});

test('of traces, only the address counts that they go to', () => {
  const plain = { ...safe, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://traces.example.com:4318' };
  for (const more of [
    { OTEL_TRACES_EXPORTER: 'none' },
    { OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/v1/traces' },
  ])
    expect(() => parseConfig({ ...plain, ...more })).not.toThrow();
  expect(() => parseConfig({ ...plain, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other.example.com' })).toThrow(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT leads to another machine',
  );
});
