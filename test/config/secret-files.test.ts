import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfig, parseDatabaseUrl } from '../../src/config/config.js';
import { readableFromFiles } from '../../src/config/files/secret-files.js';
import { namesIn, readPage, rowsOf } from '../docs/markdown.js';

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
    expect(told.sort()).toEqual([...readableFromFiles].sort());
  });

  it('can be given for every variable whose row in the reference tells of something secret', async () => {
    const rows = rowsOf(await readPage('docs/reference/configuration.md'), 'variable');
    const secret = /secret|password|token|signed with/i;
    const told = rows.flatMap(([names = '', , meaning = '']) => (secret.test(meaning) ? namesIn(names) : []));
    const readable: readonly string[] = readableFromFiles;
    // These are about a secret, and hold none.
    expect(told.filter((name) => !readable.includes(name))).toEqual([
      ...['SIARAN_REDIS_CLUSTER', 'SIARAN_TLS_KEY_FILE', 'SIARAN_SECOND_FACTOR'],
    ]);
    expect(readable.filter((name) => !told.includes(name))).toEqual([]);
  });

  it('holds the proxy, beside which none may stand in small letters either', async () => {
    const HTTPS_PROXY_FILE = await file('proxy', 'http://siaran:hunter22@proxy:3128\n');
    expect(parseConfig({ ...rest, DATABASE_URL: url, HTTPS_PROXY_FILE }).proxy).toBe(
      'http://siaran:hunter22@proxy:3128',
    );
    const both = { ...rest, DATABASE_URL: url, HTTPS_PROXY_FILE, https_proxy: 'http://other:1' };
    expect(faultOf(() => parseConfig(both))).toBe(
      'The configuration is not usable:\n  HTTPS_PROXY_FILE is set, and https_proxy too: set one of them',
    );
  });

  it('holds the headers of traces, of which those for traces only count more', async () => {
    const OTEL_EXPORTER_OTLP_HEADERS_FILE = await file('headers', 'authorization=Bearer%20abc, x-team = a\n');
    const traces = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-team=b,',
    };
    const config = parseConfig({ ...rest, DATABASE_URL: url, OTEL_EXPORTER_OTLP_HEADERS_FILE, ...traces });
    expect(config.tracing?.headers).toEqual({ authorization: 'Bearer abc', 'x-team': 'b' });
  });

  it.each(['Bearer hunter22', 'authorization: hunter22', 'a=%hunter22', 'a=%ffhunter22', '=hunter22'])(
    'is no header of traces as %s, and is not shown',
    async (text) => {
      const OTEL_EXPORTER_OTLP_HEADERS_FILE = await file('no-headers', text);
      const traces = { OTEL_EXPORTER_OTLP_HEADERS_FILE, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
      expect(faultOf(() => parseConfig({ ...rest, DATABASE_URL: url, ...traces }))).toBe(
        'The configuration is not usable:\n  OTEL_EXPORTER_OTLP_HEADERS is not written as name=value, with commas between several and what is special percent-encoded; for example authorization=Bearer%20TOKEN',
      );
    },
  );
});
