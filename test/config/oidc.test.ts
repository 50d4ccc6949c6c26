import { expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';

const given = { DATABASE_URL: 'postgres://siaran@localhost:5432/siaran', REDIS_URL: 'redis://localhost:6379' };
const all = {
  SIARAN_OIDC_ISSUER: 'https://login.example.com',
  SIARAN_OIDC_CLIENT_ID: 'siaran',
  SIARAN_OIDC_CLIENT_SECRET: 'the secret of the client',
  SIARAN_ADMIN_URL: 'https://siaran.example.com/',
};

test('a provider of OpenID Connect is whole or absent', () => {
  expect(parseConfig({ ...given, ...all })).toMatchObject({
    adminUrl: 'https://siaran.example.com',
    oidc: { issuer: 'https://login.example.com', clientId: 'siaran' },
  });
  expect(parseConfig({ ...given, SIARAN_ADMIN_URL: all.SIARAN_ADMIN_URL }).oidc).toBe(undefined);
  for (const name of Object.keys(all))
    expect(() => parseConfig({ ...given, ...all, [name]: '' })).toThrow(
      new RegExp(`${name} is not set, and SIARAN_OIDC_`),
    );
});

test.each(['http://login.example.com', 'login.example.com', 'ftp://127.0.0.1'])('%s is no issuer', (issuer) => {
  expect(() => parseConfig({ ...given, ...all, SIARAN_OIDC_ISSUER: issuer })).toThrow('begins with https://');
});

test('what is demanded of the provider is read, and refused without one', () => {
  const demands = { SIARAN_OIDC_ACR: 'gold, platinum', SIARAN_OIDC_AMR: 'mfa', SIARAN_OIDC_MAX_AGE: '12h' };
  expect(parseConfig({ ...given, ...all, ...demands }).oidc?.demands).toEqual({
    acr: ['gold', 'platinum'],
    amr: ['mfa'],
    maxAgeMs: 43_200_000,
  });
  expect(() => parseConfig({ ...given, ...demands })).toThrow('SIARAN_OIDC_ISSUER is not set, and SIARAN_OIDC_ACR is');
  expect(() => parseConfig({ ...given, ...all, SIARAN_OIDC_AMR: 'a,,b' })).toThrow('SIARAN_OIDC_AMR must be up to 20');
  expect(() => parseConfig({ ...given, ...all, SIARAN_OIDC_MAX_AGE: 'soon' })).toThrow('SIARAN_OIDC_MAX_AGE is "soon"');
});

test('where a second factor is required, the provider has to tell of one', () => {
  const required = { ...given, ...all, SIARAN_SECOND_FACTOR: 'required' };
  expect(() => parseConfig(required)).toThrow(/neither SIARAN_OIDC_ACR nor SIARAN_OIDC_AMR is set: .*SIARAN_OIDC_AMR=/);
  expect(() => parseConfig({ ...required, SIARAN_OIDC_MAX_AGE: '1h' })).toThrow('neither SIARAN_OIDC_ACR nor');
  for (const told of [{ SIARAN_OIDC_ACR: 'gold' }, { SIARAN_OIDC_AMR: 'mfa' }])
    expect(parseConfig({ ...required, ...told }).needsSecondFactor).toBe(true);
});
