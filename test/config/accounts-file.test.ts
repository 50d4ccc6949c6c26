import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfig, requireProvider } from '../../src/config/config.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };
const variables = { QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'variables-secret' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-accounts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(content: string): Promise<{ SIARAN_ACCOUNTS_FILE: string }> {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  await writeFile(path, content, { mode: 0o600 });
  return { SIARAN_ACCOUNTS_FILE: path };
}

const accountsOf = (given: Record<string, string>) => Object.fromEntries(parseConfig({ ...env, ...given }).accounts);

function messageOf(given: Record<string, string>): string {
  try {
    parseConfig({ ...env, ...given });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('accounts', () => {
  it('are none without credentials, and the default one with the variables', () => {
    const baseUrl = 'https://multichannel.qiscus.com';
    expect(accountsOf({})).toEqual({});
    expect(accountsOf(variables)).toEqual({
      default: { baseUrl, appId: 'app', secretKey: 'variables-secret', rateLimit: undefined, portfolio: 'default' },
    });
    expect(accountsOf({ QISCUS_APP_ID: 'app' })).toEqual({});
  });

  it('come from a file in YAML or JSON beside those, and take from the variables what they do not say', async () => {
    const yaml = await file(`
acme:
  appId: acme-app
  secretKey: "acme: secret"
`);
    expect(messageOf(yaml)).toMatch(/account "acme": secretKey may hold .*no blanks$/);
    const others = { QISCUS_BASE_URL: 'https://qiscus.example//', SIARAN_RATE_LIMIT: '5/1s' };
    const json = await file(
      JSON.stringify({
        acme: { appId: 'acme-app', secretKey: 'acme-secret' },
        'north-1_b': {
          ...{ appId: 'n', secretKey: 'north-secret', baseUrl: 'http://north.example/', rateLimit: '2/1m' },
          portfolio: 'Acme Group',
        },
      }),
    );
    const rateLimit = { max: 5, durationMs: 1_000 };
    expect(accountsOf({ ...json, ...variables, ...others })).toEqual({
      default: {
        ...{ baseUrl: 'https://qiscus.example', appId: 'app', secretKey: 'variables-secret', rateLimit },
        portfolio: 'default',
      },
      acme: {
        ...{ baseUrl: 'https://qiscus.example', appId: 'acme-app', secretKey: 'acme-secret', rateLimit },
        portfolio: 'acme',
      },
      'north-1_b': {
        baseUrl: 'http://north.example',
        appId: 'n',
        secretKey: 'north-secret',
        rateLimit: { max: 2, durationMs: 60_000 },
        portfolio: 'Acme Group',
      },
    });
  });

  it('ask for approvals above the smallest number that is set', async () => {
    const given = await file(`
strict: { appId: a, secretKey: s-secret, approvalAbove: 0 }
lax: { appId: b, secretKey: l-secret, approvalAbove: "50000" }
silent: { appId: c, secretKey: t-secret }`);
    const above = (more: Record<string, string> = {}) =>
      Object.entries(accountsOf({ ...given, ...more })).map(([name, { approvalAbove }]) => [name, approvalAbove]);
    expect(above()).toEqual([
      ['strict', 0],
      ['lax', 50_000],
      ['silent', undefined],
    ]);
    expect(above({ SIARAN_APPROVAL_ABOVE: '10000' })).toEqual([
      ['strict', 0],
      ['lax', 10_000],
      ['silent', 10_000],
    ]);
  });

  it('may have the default one in the file, but not in the variables as well', async () => {
    const given = await file('default: { appId: a, secretKey: file-secret }');
    expect(accountsOf(given)).toMatchObject({ default: { appId: 'a' } });
    const path = given.SIARAN_ACCOUNTS_FILE;
    expect(messageOf({ ...given, ...variables })).toBe(
      `The configuration is not usable:\n  SIARAN_ACCOUNTS_FILE: ${path} has the account "default", which is that of QISCUS_APP_ID and QISCUS_SECRET_KEY too: unset what is set, or give it another name`,
    );
    expect(messageOf({ ...given, QISCUS_SECRET_KEY: 'half' })).toMatch(/is that of QISCUS_SECRET_KEY too/);
  });

  it('are asked for by workers, which take no half of one', async () => {
    expect(() => requireProvider(parseConfig(env))).toThrow(
      /^Workers need QISCUS_APP_ID and QISCUS_SECRET_KEY: .*SIARAN_ACCOUNTS_FILE/,
    );
    const given = { ...env, ...(await file('acme: { appId: a, secretKey: acme-secret }')) };
    expect([...requireProvider(parseConfig(given)).keys()]).toEqual(['acme']);
    expect([...requireProvider(parseConfig({ ...given, ...variables })).keys()]).toEqual(['default', 'acme']);
    expect(() => requireProvider(parseConfig({ ...given, QISCUS_APP_ID: 'app' }))).toThrow(
      /^Workers need QISCUS_SECRET_KEY:/,
    );
  });
});

describe('a file with accounts', () => {
  const good = 'appId: a, secretKey: very-secret';
  it.each([
    ['', 'is no mapping; write for each account'],
    ['[]', 'is no mapping; write for each account'],
    ['{}', 'names no account; write for each account'],
    ['acme: very-secret', 'has the account "acme": is no mapping; write for each account'],
    [`Acme: { ${good} }`, 'has the account "Acme": the name of an account is of 1 to 40 lower-case letters'],
    [`a:b: { ${good} }`, 'has the account "a:b": the name of an account'],
    [`-a: { ${good} }`, 'has the account "-a": the name of an account'],
    [`${'a'.repeat(41)}: { ${good} }`, `has the account "${'a'.repeat(40)}…": the name of an account`],
    ['acme: { secretKey: very-secret }', 'has the account "acme": appId is not set: see App Information'],
    ['acme: { appId: a }', 'has the account "acme": secretKey is not set: see App Information'],
    ['acme: { appId: a, secretKey: "" }', 'has the account "acme": secretKey is not set'],
    ['acme: { appId: a, secretKey: 1234567 }', 'has the account "acme": secretKey must be a text; put it in quotes'],
    ['acme: { appId: a, secretKey: [very-secret] }', 'secretKey must be a text; put it in quotes'],
    ['acme:\n  appId: a\n  secretKey: |\n    very-secret\n', 'secretKey may hold letters, digits and signs of ASCII'],
    [
      `acme: { ${good}, secret: very-secret }`,
      'has the account "acme": "secret" is not a setting; the settings are baseUrl,',
    ],
    [`acme: { ${good}, baseUrl: "ftp://very-secret@host" }`, 'has the account "acme": baseUrl is not an address'],
    [`acme: { ${good}, rateLimit: fast }`, 'has the account "acme": rateLimit is "fast"; write batches a duration'],
    [`acme: { ${good}, rateLimit: 5 }`, 'has the account "acme": rateLimit must be a text'],
    [`acme: { ${good}, approvalAbove: many }`, 'approvalAbove is "many"; write a whole number of people'],
    [`acme: { ${good}, approvalAbove: -1 }`, 'approvalAbove is "-1"; write a whole number of people'],
    [`acme: { ${good}, portfolio: 5 }`, 'has the account "acme": portfolio must be a text'],
    [`acme: { ${good}, portfolio: "a\\nb" }`, 'portfolio is "a\\nb"; write a name of at most 200'],
    [`acme: { ${good} }\nacme: { ${good} }`, 'is neither YAML nor JSON: see line 2, column 1'],
    ['acme: { appId: a, secretKey: *very-secret }', 'is neither YAML nor JSON'],
    ['acme: { appId: a, secretKey: !very-secret x }', 'is neither YAML nor JSON: see line 1, column 30'],
    ['acme: { appId: a, secretKey: "very-secret\\q" }', 'is neither YAML nor JSON: see line 1'],
    ['acme: { appId: a, secretKey: very-secret', 'is neither YAML nor JSON: see line 1'],
  ])('that says %j is refused with its name and what is wrong, and shows no secret', async (content, fault) => {
    const given = await file(content);
    const message = messageOf(given);
    expect(message).toContain(`  SIARAN_ACCOUNTS_FILE: ${given.SIARAN_ACCOUNTS_FILE} `);
    expect(message).toContain(fault);
    expect(message).not.toContain('very-secret');
    expect(message).not.toContain('1234567');
  });

  it('that is not there, or is a folder, is named', () => {
    const missing = join(folder, 'missing.yaml');
    expect(messageOf({ SIARAN_ACCOUNTS_FILE: missing })).toContain(`${missing} can't be read: there is no such file`);
    expect(messageOf({ SIARAN_ACCOUNTS_FILE: folder })).toContain(`${folder} can't be read: it is a folder`);
  });

  it('has all of its faults listed, beside those of the variables', async () => {
    const given = await file(`acme: { appid: a }\nB: { ${good} }`);
    const lines = messageOf({ ...given, SIARAN_CONCURRENCY: '0' }).split('\n');
    expect(lines).toHaveLength(6);
    for (const part of [
      'SIARAN_CONCURRENCY',
      '"appid" is not a setting',
      'appId is not',
      'secretKey is not',
      '"B": the',
    ])
      expect(lines.filter((line) => line.includes(part))).toHaveLength(1);
  });
});
