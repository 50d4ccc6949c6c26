import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfig, parseDatabaseUrl } from '../../src/config/config.js';
import { secretVariables } from '../../src/config/files/secret-files.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-config-'));
  path = join(folder, 'siaran.yaml');
});

afterAll(() => rm(folder, { recursive: true }));

async function parse(content: string, variables: Record<string, string> = {}) {
  await writeFile(path, content);
  return parseConfig({ ...env, SIARAN_CONFIG_FILE: path, ...variables });
}

describe('a configuration file', () => {
  it.each([
    [
      'YAML',
      'SIARAN_CONCURRENCY: 8\nSIARAN_BALANCE_GUARD: off\nSIARAN_PREFIX: 007 # kept as it is written\nLOG_LEVEL:\n',
    ],
    ['JSON', '{"SIARAN_CONCURRENCY": 8, "SIARAN_BALANCE_GUARD": "off", "SIARAN_PREFIX": "007", "LOG_LEVEL": ""}'],
  ])('gives variables in %s, as the environment would', async (_, content) => {
    const { SIARAN_CONFIG_FILE: _path, ...rest } = { SIARAN_CONFIG_FILE: path, ...env };
    const set = { SIARAN_CONCURRENCY: '8', SIARAN_BALANCE_GUARD: 'off', SIARAN_PREFIX: '007' };
    expect(await parse(content)).toEqual(parseConfig({ ...rest, ...set }));
  });

  it('gives way to the environment, where an empty variable is not set', async () => {
    const content = 'SIARAN_CONCURRENCY: 8\nSIARAN_PREFIX: of-the-file\n';
    expect(await parse(content, { SIARAN_CONCURRENCY: '2', SIARAN_PREFIX: '' })).toMatchObject({
      concurrency: 2,
      prefix: 'of-the-file',
    });
  });

  it('counts more than what a command would log by itself', async () => {
    await writeFile(path, 'LOG_LEVEL: debug\n');
    const given = { ...env, SIARAN_CONFIG_FILE: path };
    expect(parseConfig(given, { LOG_LEVEL: 'error' }).logLevel).toBe('debug');
    expect(parseConfig(env, { LOG_LEVEL: 'error' }).logLevel).toBe('error');
  });

  it('names the files of secrets, which give way to the secret itself', async () => {
    const secret = join(folder, 'url');
    await writeFile(secret, 'postgres://siaran@from-a-file/siaran\n');
    const content = `DATABASE_URL_FILE: ${secret}\n`;
    expect((await parse(content, { DATABASE_URL: '' })).databaseUrl).toBe('postgres://siaran@from-a-file/siaran');
    expect((await parse(content)).databaseUrl).toBe(env.DATABASE_URL);
    expect(parseDatabaseUrl({ SIARAN_CONFIG_FILE: path })).toBe('postgres://siaran@from-a-file/siaran');
    expect(parseDatabaseUrl({ ...env, SIARAN_CONFIG_FILE: path })).toBe(env.DATABASE_URL);
  });

  it('is refused a value that is wrong as the environment is', async () => {
    await expect(parse('SIARAN_CONCURRENCY: many\n')).rejects.toThrow('SIARAN_CONCURRENCY must be a whole number');
  });

  it.each(secretVariables)('is refused the secret %s, with the reason, and does not show it', async (name) => {
    const refused = parse(`${name}: rahasia\n`);
    await expect(refused).rejects.toThrow(
      `SIARAN_CONFIG_FILE: ${path} has ${name}, which is a secret: put it into the environment, or into a file of its own that ${name}_FILE names`,
    );
    await expect(refused).rejects.not.toThrow('rahasia');
  });

  it.each([
    ['SIARAN_CONCURENCY: 8', /has the unknown name "SIARAN_CONCURENCY"; the nearest is SIARAN_CONCURRENCY$/],
    ['siaran_prefix: x', /has the unknown name "siaran_prefix"; the nearest is SIARAN_PREFIX$/],
    ['https_proxy: "http://proxy:3128"', /the nearest is HTTPS_PROXY$/],
    ['HTTPS_PROXY: "http://user:rahasia@proxy:3128"', /has HTTPS_PROXY with a password in it, which is a secret/],
    ['HTTPS_PROXY: "user:rahasia@proxy:3128"', /has HTTPS_PROXY with a password in it/],
    ['SIARAN_NOTIFY_URL: "https://user:rahasia@example.com"', /has SIARAN_NOTIFY_URL with a password in it/],
    [
      'OTEL_SERVICE_NAME: rahasia',
      /has OTEL_SERVICE_NAME: OpenTelemetry reads its variables from the environment only/,
    ],
    ['SIARAN_CONFIG_FILE: rahasia', /has SIARAN_CONFIG_FILE: that is this file/],
    [
      'SIARAN_STOP_WORDS: [rahasia, STOP]',
      /has SIARAN_STOP_WORDS, whose value is a list or a mapping: write it as one text/,
    ],
    ['- rahasia', /is no mapping; write a line for each variable, as SIARAN_CONCURRENCY: 8$/],
    ['SIARAN_PREFIX: "rahasia', /is neither YAML nor JSON: see line/],
  ])('is refused %s', async (content, message) => {
    const refused = parse(content);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(`SIARAN_CONFIG_FILE: ${path} `);
    await expect(refused).rejects.not.toThrow('rahasia');
    expect(() => parseDatabaseUrl({ ...env, SIARAN_CONFIG_FILE: path })).toThrow(message);
  });

  it('that is not there is refused', () => {
    const gone = join(folder, 'gone.yaml');
    for (const read of [parseConfig, parseDatabaseUrl])
      expect(() => read({ ...env, SIARAN_CONFIG_FILE: gone })).toThrow(
        `SIARAN_CONFIG_FILE: ${gone} can't be read: there is no such file`,
      );
  });
});
