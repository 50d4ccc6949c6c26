import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readAdminTokens } from '../../src/config/admin-token.js';
import { parseConfig } from '../../src/config/config.js';

const [one, two] = [randomBytes(32).toString('hex'), randomBytes(16).toString('hex')];

const faultOf = (text: string) => {
  const env = { DATABASE_URL: 'postgres://db/siaran', REDIS_URL: 'redis://redis', SIARAN_ADMIN_TOKEN: text };
  try {
    parseConfig(env);
  } catch (error) {
    return String(error);
  }
  return undefined;
};

test('a token alone is the owner, and each name has the role that is written', () => {
  expect(readAdminTokens(one)).toEqual([{ name: 'admin', role: 'owner', token: one }]);
  expect(readAdminTokens(`ada:operator:${one}, desk:viewer:${two}`)).toEqual([
    { name: 'ada', role: 'operator', token: one },
    { name: 'desk', role: 'viewer', token: two },
  ]);
});

test('a name may have several tokens, so that one can take the place of another', () => {
  for (const text of [`${one},${two}`, `admin:owner:${one},${two}`])
    expect(readAdminTokens(text)).toEqual([
      { name: 'admin', role: 'owner', token: one },
      { name: 'admin', role: 'owner', token: two },
    ]);
  expect(faultOf(`ada:operator:${one},ada:viewer:${two}`)).toMatch(/a name has one role/);
});

test.each([
  ['short', 'q-x7'],
  ['half of the bits', one.slice(0, 31)],
  ['one character', 'a'.repeat(64)],
  ['two characters', 'ab'.repeat(32)],
  ['a row', '0123456789abcdef0123456789abcdef'],
  ['a repeated word', 'secret'.repeat(10)],
])('a token that could be guessed is refused, by the variable and not shown: %s', (_, token) => {
  const told = faultOf(`desk:viewer:${token}`);
  expect(told).toMatch(
    /SIARAN_ADMIN_TOKEN has a token for desk that (is shorter|has too little).*openssl rand -hex 32/,
  );
  expect(told).not.toContain(token);
});

test('what openssl makes is taken, always', () => {
  for (let at = 0; at < 2_000; at += 1)
    for (const token of [randomBytes(16).toString('hex'), randomBytes(24).toString('base64')])
      expect(readAdminTokens(token)).toEqual([{ name: 'admin', role: 'owner', token }]);
});

test('two people with one token are refused', () => {
  const told = faultOf(`ada:operator:${one},desk:viewer:${one}`);
  expect(told).toMatch(/SIARAN_ADMIN_TOKEN has a token for desk that is also that of ada/);
  expect(told).not.toContain(one);
  expect(faultOf(`${one},${one}`)).toMatch(/is there twice/);
});

test.each([`ada:boss:${one}`, `a b:viewer:${one}`, `${one.slice(0, 40)} ${two}`, `ada:viewer:${one},`])(
  'another form is refused without being shown',
  (text) => {
    expect(faultOf(text)).toMatch(
      /SIARAN_ADMIN_TOKEN (must be a token, or NAME:ROLE:TOKEN|has a token for admin that)/,
    );
    expect(faultOf(text)).not.toContain(one.slice(0, 40));
  },
);
