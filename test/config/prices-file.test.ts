import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-prices-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const path = join(folder, 'prices.yaml');
  await writeFile(path, content);
  return parseConfig({ ...env, SIARAN_PRICES_FILE: path }).prices;
}

it('prices stand in a file, by category and calling code, in YAML or JSON', async () => {
  expect(parseConfig(env).prices).toBe(undefined);
  const expected = new Map([
    ['marketing', new Map([['62', { millionths: 41_100n, currency: 'USD' }]])],
    ['utility', new Map([['62', { millionths: 356_650_000n, currency: 'IDR' }]])],
  ]);
  expect(await read('marketing:\n  62: "0.0411 USD"\nutility:\n  "62": 356.65 IDR\n')).toEqual(expected);
  const json = { marketing: { 62: '0.0411 USD' }, utility: { 62: '356.65 IDR' } };
  expect(await read(JSON.stringify(json))).toEqual(expected);
});

it.each([
  ['marketing:\n  62: 0.0411 USD\n  60: cheap\n', /line 3: marketing\.60 is "cheap"; write an amount and a currency/],
  ['marketing:\n  62: 0.0411\n', /line 2: marketing\.62 is "0\.0411"; write an amount/],
  ['utility:\n  # none yet\n\n  999: 1 USD\n', /line 4: utility has "999", which is no calling code/],
  ['utility:\n  6281234567890: 1 USD\n', /line 2: utility has "6281\*+90", which is no calling code/],
  ['promotion:\n  62: 1 USD\n', /line 1: has the category "promotion"; write for each category/],
  ['utility: 1 USD\n', /line 1: utility is no mapping/],
  ['utility:\n  62: 1 USD\n  62: 2 USD\n', /is neither YAML nor JSON: see line 3/],
  ['- utility', /is no mapping; write for each category/],
])('a file that is wrong is refused with its line and field: %j', async (content, message) => {
  await expect(read(content)).rejects.toThrow(message);
});

it('a file that is not there is refused', () => {
  expect(() => parseConfig({ ...env, SIARAN_PRICES_FILE: join(folder, 'gone.yaml') })).toThrow('there is no such file');
});
