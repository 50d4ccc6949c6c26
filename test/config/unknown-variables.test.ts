import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';
import { unknownVariables } from '../../src/config/unknown-variables.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };

test('what begins with SIARAN_ and nothing reads is named, with what was probably meant, and is no error', () => {
  const odd = { SIARAN_APPROVAL_ABOV: '1000', SIARAN_FROBNICATE: 'red', SIARAN_6281234567890: 'x', SIARAN_EMPTY: ' ' };
  expect(parseConfig({ ...env, ...odd, OTHER_SIARAN_THING: '1', SIARANS: '1' }).unknownVariables).toEqual([
    'SIARAN_APPROVAL_ABOV (SIARAN_APPROVAL_ABOVE was probably meant)',
    'SIARAN_FROBNICATE',
    'SIARAN_6281*******90',
  ]);
});

test('what is read, what is for the compose file, and what Kubernetes sets beside a service is not named', () => {
  const kubernetes = {
    SIARAN_ADMIN_SERVICE_HOST: '10.0.0.7',
    SIARAN_ADMIN_SERVICE_PORT_HTTP: '3000',
    SIARAN_CALLBACKS_PORT: 'tcp://10.0.0.7:3000',
    SIARAN_CALLBACKS_PORT_3000_TCP_ADDR: '10.0.0.7',
  };
  expect(unknownVariables(kubernetes)).toEqual([]);
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const names = example.match(/\bSIARAN_[A-Z_]+(?==)/g) ?? [];
  expect(names.length).toBeGreaterThan(30);
  expect(unknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
});
