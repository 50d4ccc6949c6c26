import { expect, test } from '@jest/globals';
import { Pool, type PoolConfig } from 'pg';
import { type OwnClients, openSiaran } from '../../src/index.js';

/** Where TLS is required, a program's own clients are judged by what they do, and not by an address that Siaran would have used. */
const required = { SIARAN_TLS: 'required' };
const safeDatabase = { DATABASE_URL: 'postgres://siaran@db.example.com/siaran?sslmode=verify-full' };
const safeRedis = { REDIS_URL: 'rediss://redis.example.com' };
const cluster = { SIARAN_REDIS_CLUSTER: 'redis-1.example.com:7001' };
const ca = 'a certificate';

const open = async (env: object, own: OwnClients) => openSiaran({ ...required, ...env }, own).close();
const pool = (options: PoolConfig) => new Pool({ host: 'db.example.com', user: 'siaran', ...options });
const address = 'postgres://siaran@db.example.com/siaran';

test.each<[string, PoolConfig]>([
  ['a CA', { ssl: { ca } }],
  ['the CAs of Node', { ssl: true }],
  ['an address that says so', { connectionString: `${address}?sslmode=verify-full` }],
])('a pool with %s has TLS', async (_, options) => {
  await open(safeRedis, { pool: pool(options) });
});

test.each<[string, PoolConfig]>([
  ['nothing said', {}],
  ['no check of the certificate', { ssl: { ca, rejectUnauthorized: false } }],
  ['an address that has it checked by nobody', { connectionString: `${address}?sslmode=require&uselibpqcompat=true` }],
  ['an address that counts more, and asks for none', { connectionString: `${address}?sslmode=disable`, ssl: { ca } }],
])('a pool with %s has none', async (_, options) => {
  await expect(open(safeRedis, { pool: pool(options) })).rejects.toThrow('DATABASE_URL leads to another machine');
});

const host = 'redis.example.com';
const sentinels = { sentinels: [{ host: 'sentinel.example.com' }], name: 'siaran' };
const overTls = { tls: { ca }, enableTLSForSentinelMode: true, sentinelTLS: { ca } };

test.each<[OwnClients['redis'], object]>([
  [{ host, tls: { ca } }, {}],
  [{ ...sentinels, ...overTls }, {}],
  [{ tls: { ca } }, { REDIS_URL: 'redis://redis.example.com' }],
  [{ tls: { ca } }, cluster],
])('Redis with %j and %j has TLS', async (redis = {}, env = {}) => {
  await open({ ...safeDatabase, ...env }, { redis });
});

test.each<[OwnClients['redis'], object]>([
  [{ host }, safeRedis],
  [{ host, tls: { rejectUnauthorized: false } }, safeRedis],
  [{ ...sentinels, tls: { ca } }, safeRedis],
  [{ ...sentinels, ...overTls, sentinelTLS: undefined }, safeRedis],
  [{ password: 'of-redis' }, { REDIS_URL: 'redis://redis.example.com' }],
  [{ tls: { rejectUnauthorized: false } }, safeRedis],
])('Redis with %j and %j has none', async (redis = {}, env = {}) => {
  await expect(open({ ...safeDatabase, ...env }, { redis })).rejects.toThrow('REDIS_URL leads to another machine');
});
