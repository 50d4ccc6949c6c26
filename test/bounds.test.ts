import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCampaignFile } from '../src/cli/campaign/campaign-file.js';
import { readAccountsFile } from '../src/config/files/accounts-file.js';
import { parseExactly } from '../src/domain/recipients/exact-json.js';
import { UnreadableRow } from '../src/domain/recipients/recipient.js';
import { openNumbers } from '../src/input/read-numbers.js';
import { openRecipients } from '../src/input/read-recipients.js';
import { postMessage } from '../src/webhook/client.js';
import { means, readAudience } from './audience/audience.js';
import { type Environment, freshEnvironment } from './support/environment.js';

// What ARCHITECTURE.md says is bounded, and no other test tries.

let environment: Environment;
beforeAll(async () => {
  environment = await freshEnvironment();
});
afterAll(() => environment.drop());

/** Reads recipients of these texts; how many buffers were asked for, and the reasons of what was no row. */
async function read(...parts: (string | [string, number])[]): Promise<{ rows: number; reasons: string[] }> {
  async function* buffers(): AsyncGenerator<Buffer, void> {
    for (const part of parts) {
      const [text, times] = typeof part === 'string' ? [part, 1] : part;
      for (let time = 0; time < times; time += 1) yield Buffer.from(text);
    }
  }
  const { rows } = await openRecipients({ stream: buffers(), name: 'list' });
  const seen: unknown[] = [];
  for await (const row of rows) seen.push(row);
  const reasons = seen.flatMap((row) => (row instanceof UnreadableRow ? row.reason : []));
  return { rows: seen.length - reasons.length, reasons };
}

const million = 'x'.repeat(1_000_000);
const object = '{"phone_number":"6281527975868"}\n';

test('a line of JSON above 200,000 characters is rejected by its number, and not held; the next one is read', async () => {
  const before = process.memoryUsage().rss;
  expect(await read(object, '{"phone_number":"', [million, 200], '"}\n', object)).toEqual({
    ...{ rows: 2, reasons: ['line 2 is longer than 200,000 characters'] },
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
});

test('a record of CSV above 200,000 characters ends the reading with its line, before it is held', async () => {
  await expect(read('phone_number,customer_name\n6281527975868,"', [million, 200])).rejects.toMatchObject({
    ...{ code: 'INPUT', message: expect.stringContaining('line 2') },
  });
  await expect(read([million, 200])).rejects.toMatchObject({ code: 'USAGE' });
});

test.each([
  ['{"phone_number":"6281527975868"}\n', '\n'],
  ['phone_number\n6281527975868\n', '\r\n'],
  ['phone_number,customer_name\n6281527975868,Ani\n', ',\n'],
  ['6281527975868\n', ' \n'],
])('a few kilobytes that unpack to blank lines without an end are left before the end: %j', async (first, blank) => {
  const part = gzipSync(blank.repeat(1_000_000), { level: 9 });
  async function* packed() {
    yield gzipSync(first);
    for (let at = 0; at < 20; at += 1) yield part;
  }
  const { rows } = await (first.startsWith('6') ? openNumbers : openRecipients)({ stream: packed(), name: 'list' });
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const row of rows) seen.push(row);
  })();
  await expect(reading).rejects.toMatchObject({
    code: 'INPUT',
    message: expect.stringMatching(/^list: line 2,00\d,\d{3}: .*more than 2,000,000 blank lines/),
  });
  expect(seen).toHaveLength(1);
});

test('numbers come out exactly of a line of 2 MB that is nothing but quotes', () => {
  const text = '"'.repeat(999_000);
  expect(parseExactly(`{"a":${JSON.stringify(text)},"b":1.50}`)).toEqual({ a: text, b: '1.50' });
});

test('an audience of SQL with a value of 130 MB fails with its reason before the worker holds it', async () => {
  const databaseUrl = environment.audienceUrl;
  const reading = (query: string) => readAudience(`sql:${query}`, means({ databaseUrl, timeoutMs: 60_000 }));
  const { error } = await reading(`SELECT 1 AS phone_number, repeat('x', 130000000) AS customer_name`);
  expect(error).toMatchObject({
    ...{ code: 'AUDIENCE', retryable: false, message: expect.stringContaining('more than 64 MB') },
  });
  // Many rows that are large, but none too much, are asked for in smaller parts.
  const { rows } = await reading(
    `SELECT i AS phone_number, repeat('x', 600000) AS customer_name FROM generate_series(1, 80) AS i`,
  );
  expect(rows).toHaveLength(80);
});

test('a file of settings is read up to 1 MB, however long it is', async () => {
  await expect(readCampaignFile('/dev/zero')).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/above 1 MB/),
  });
  expect(readAccountsFile({ SIARAN_ACCOUNTS_FILE: '/dev/zero' }).faults).toEqual([
    expect.stringContaining('above 1 MB'),
  ]);
  const path = join(tmpdir(), `siaran-bounds-${process.pid}.yaml`);
  await writeFile(path, `name: ${'é'.repeat(400_000)}\n`);
  expect((await readCampaignFile(path)).name).toHaveLength(400_000);
});

test('what a receiver of notices answers is not read', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200);
    const more = () => {
      while (response.write(million));
      response.once('drain', more);
    };
    response.on('error', () => {});
    more();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(
    await postMessage({ url, secret: 'a secret of 24 bytes and more' }, { id: 'n1', body: '{}' }, 5_000),
  ).toBeUndefined();
  await new Promise((resolve) => server.close(resolve));
});

test('each bound of ARCHITECTURE.md names a test that is there', async () => {
  const [, bounds = ''] = (await readFile('ARCHITECTURE.md', 'utf8')).split('\n## Bounds\n');
  const rows = bounds.split('\n').filter((line) => /^\| (?!what is|---)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const [, path = '', name = ''] = /`(test\/[^`]+)`: (.+) \|$/.exec(row) ?? [];
    expect(await readFile(path, 'utf8')).toContain(name);
  }
});
