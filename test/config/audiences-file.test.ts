import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-audiences-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const path = join(folder, 'audiences.yaml');
  await writeFile(path, content);
  return parseConfig({ ...env, SIARAN_AUDIENCES_FILE: path }).namedAudiences;
}

it('audiences have the names that a file gives them, in YAML or JSON', async () => {
  expect(parseConfig(env).namedAudiences).toEqual(new Map());
  const expected = new Map<string, object>([
    ['members', { kind: 'file', path: 'members.csv' }],
    ['due invoices', { kind: 'sql', query: 'SELECT phone_number\nFROM due_invoices' }],
  ]);
  const yaml = 'members: "file:members.csv"\ndue invoices: |\n  sql:SELECT phone_number\n  FROM due_invoices\n';
  expect(await read(yaml)).toEqual(expected);
  const json = { members: 'file:members.csv', 'due invoices': 'sql:SELECT phone_number\nFROM due_invoices' };
  expect(await read(JSON.stringify(json))).toEqual(expected);
});

it.each([
  ['members: members.csv', /has the audience "members", which is neither file:PATH nor sql:QUERY/],
  ['members: "named:others"', /"members", which is neither/],
  ['members: "function:others"', /"members", which is neither/],
  ['members: [rahasia]', /"members", which is neither/],
  ['"": "sql:SELECT rahasia"', /has the audience ""/],
  ['- "sql:SELECT rahasia"', /is no mapping/],
  ['members: "sql:SELECT rahasia', /is neither YAML nor JSON: see line/],
])('what stands in the file is refused with its name, and not quoted: %j', async (content, message) => {
  const refused = read(content);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow(/SIARAN_AUDIENCES_FILE: \S+audiences\.yaml /);
  await expect(refused).rejects.not.toThrow('rahasia');
});

it('a file that is not there is refused', () => {
  expect(() => parseConfig({ ...env, SIARAN_AUDIENCES_FILE: join(folder, 'gone.yaml') })).toThrow(
    /SIARAN_AUDIENCES_FILE: \S+gone\.yaml can't be read: there is no such file/,
  );
});

it('clients of the HTTP API write no queries and paths unless they may', () => {
  expect(parseConfig(env).freeAudiences).toBe(false);
  expect(parseConfig({ ...env, SIARAN_FREE_AUDIENCES: 'on' }).freeAudiences).toBe(true);
  expect(() => parseConfig({ ...env, SIARAN_FREE_AUDIENCES: 'yes' })).toThrow(
    'SIARAN_FREE_AUDIENCES must be on or off',
  );
});
