import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfig, parseDatabaseUrl } from '../../src/config/config.js';
import { secretVariables } from '../../src/config/files/secret-files.js';
import { readPage } from '../docs/markdown.js';

const url = 'postgres://siaran:a-password@db/siaran';
const rest = { REDIS_URL: 'redis://redis:6379' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

function faultOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('a secret in a file', () => {
  it('takes the place of its variable, without the line end behind it', async () => {
    const DATABASE_URL_FILE = await file('url', `${url}\n`);
    const QISCUS_SECRET_KEY_FILE = await file('key', 'from-a-file\r\n');
    const config = parseConfig({ ...rest, DATABASE_URL_FILE, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY_FILE });
    expect([config.databaseUrl, config.accounts.get('default')?.secretKey]).toEqual([url, 'from-a-file']);
    expect(parseDatabaseUrl({ DATABASE_URL_FILE })).toBe(url);
  });

  it('is refused beside its variable, if it is missing, and if it is empty', async () => {
    const DATABASE_URL_FILE = await file('twice', url);
    for (const parse of [parseConfig, parseDatabaseUrl])
      expect(faultOf(() => parse({ ...rest, DATABASE_URL: url, DATABASE_URL_FILE }))).toBe(
        'The configuration is not usable:\n  DATABASE_URL_FILE is set, and DATABASE_URL too: set one of them',
      );
    const missing = join(folder, 'missing');
    expect(faultOf(() => parseDatabaseUrl({ DATABASE_URL_FILE: missing }))).toBe(
      `The configuration is not usable:\n  DATABASE_URL_FILE names ${missing}, which can't be read (ENOENT)`,
    );
    const empty = await file('empty', '\n');
    expect(faultOf(() => parseConfig({ ...rest, DATABASE_URL: url, SIARAN_ADMIN_TOKEN_FILE: empty }))).toContain(
      `SIARAN_ADMIN_TOKEN_FILE names ${empty}, which is empty`,
    );
  });

  it('is not shown if it is wrong', async () => {
    const DATABASE_URL_FILE = await file('wrong', 'mysql://root:hunter2hunter2@db');
    const fault = faultOf(() => parseConfig({ ...rest, DATABASE_URL_FILE }));
    expect(fault).toContain('DATABASE_URL is not an address');
    expect(fault).not.toContain('hunter2');
  });

  it('can be given for every variable that the reference names', async () => {
    const [, named = ''] =
      /A secret can stand in a file:(.*)/.exec(await readPage('docs/reference/configuration.md')) ?? [];
    const told = [...named.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name);
    expect(told.sort()).toEqual([...secretVariables].sort());
  });
});
