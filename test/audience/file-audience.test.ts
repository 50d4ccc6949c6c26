import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assertColumns, checkAudience } from '../../src/audience/check-audience.js';
import { openAudience } from '../../src/audience/open-audience.js';
import { UnreadableRow } from '../../src/domain/recipients/recipient.js';
import { AudienceError, UsageError } from '../../src/errors.js';
import { collect, firing, means, measure, readAudience, spec } from './audience.js';

const columns = ['phone_number', 'customer_name'];
let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran-audience-'));
  path = join(dir, 'customers-of-2026-12-01.csv');
});

afterEach(async () => {
  // A file is closed a moment after its loop was left.
  await new Promise((resolve) => setImmediate(resolve));
  expect(await openFiles()).toEqual([]);
  await rm(dir, { recursive: true });
});

async function openFiles(): Promise<string[]> {
  const own = '/proc/self/fd';
  if (!existsSync(own)) return [];
  const links = (await readdir(own)).map((fd) => readlink(join(own, fd)).catch(() => ''));
  return (await Promise.all(links)).filter((link) => link.startsWith(dir));
}

async function openFileWith(content: string) {
  await writeFile(path, content);
  return openAudience(spec(`file:${path}`), means({}), firing);
}

describe('a file', () => {
  it.each([
    ['phone_number,customer_name\n0815,Ani\n0816,Budi\n'],
    ['{"phone_number":"0815","customer_name":"Ani"}\n{"phone_number":"0816","customer_name":"Budi"}\n'],
  ])('gives its columns and rows, CSV or NDJSON: %.20j', async (content) => {
    const opened = await openFileWith(content);
    expect(opened.columns).toEqual(columns);
    expect(() => assertColumns(opened, ['customer_name', 'phone_number'])).not.toThrow();
    expect(await collect(opened.rows)).toEqual([
      { phone_number: '0815', customer_name: 'Ani' },
      { phone_number: '0816', customer_name: 'Budi' },
    ]);
  });

  it('goes on behind a line that is no row', async () => {
    const opened = await openFileWith('{"phone_number":"0815"}\n{broken\n{"phone_number":"0816"}\n');
    expect(await collect(opened.rows)).toEqual([
      { phone_number: '0815' },
      expect.any(UnreadableRow),
      { phone_number: '0816' },
    ]);
  });

  it('of 100,000 rows and 30 MB is never held as a whole', async () => {
    const file = await open(path, 'w');
    const lines = `${JSON.stringify({ phone_number: '0815', customer_name: 'x'.repeat(300) })}\n`.repeat(1_000);
    for (let thousand = 0; thousand < 100; thousand += 1) await file.write(lines);
    await file.close();
    const opened = await openAudience(spec(`file:${path}`), means({}), firing);
    const { count, heldBytes } = await measure(opened.rows);
    expect(count).toBe(100_000);
    expect(heldBytes).toBeLessThan(15_000_000);
  });

  it.each([10, 100_000])('of %i rows is closed when the loop is left, and when it is closed unread', async (count) => {
    const content = `phone_number,customer_name\n${'0815,Ani\n'.repeat(count)}`;
    const left = await openFileWith(content);
    for await (const _ of left.rows) break;
    const unread = await openFileWith(content);
    await unread.close();
    await unread.close();
    await expect(collect(unread.rows)).rejects.toThrow(AudienceError);
  });

  it('that is closed between two rows ends the loop with an error', async () => {
    const opened = await openFileWith(`phone_number,customer_name\n${'0815,Ani\n'.repeat(100_000)}`);
    let seen = 0;
    const reading = (async () => {
      for await (const _ of opened.rows) if (++seen === 5) await opened.close();
    })();
    await expect(reading).rejects.toThrow(`The audience file:${path} was closed before all its rows were read.`);
    expect(seen).toBe(5);
  });

  it.each([
    ['6281527975868,Ani\n', /^The audience file:\S+\.csv has no header line: its first line has … in it/],
    ['{"phone_number"\n', /^The audience file:\S+\.csv: line 1 is no JSON object/],
    ['phone_number\n0815\n0816,"open\n', /^The audience file:\S+\.csv: line 3: a quote/],
  ])('that is broken is an audience error: %j', async (content, message) => {
    await writeFile(path, content);
    const { error } = await readAudience(`file:${path}`, means({}));
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), cause: expect.any(Error) });
  });

  it('that has nothing in it, not even a header line, has no rows', async () => {
    await writeFile(path, '');
    expect(await readAudience(`file:${path}`, means({}))).toMatchObject({ rows: [], error: undefined });
  });

  it('that has vanished is an audience error', async () => {
    const { error } = await readAudience(`file:${path}`, means({}));
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({ message: `The audience file:${path} can't be opened: there is no such file.` });
  });
});

describe('a file of a campaign that is added', () => {
  const check = () => checkAudience(spec(`file:${path}`), columns, means({}));

  it('is fine with the columns in any order', async () => {
    await writeFile(path, 'customer_name;phone_number\n');
    await check();
  });

  it.each([
    ['phone_number\n0815\n', `file lacks "customer_name": the campaign's columns are phone_number, customer_name.`],
    ['phone_number,customer_name,age\n', `file: The column … is unknown. What stands there is told to who may read it`],
    [
      'phone_number,customer_name,header_variable\n',
      `file has "header_variable" besides: the campaign's columns are phone_number, customer_name. Probably meant: --ignore-columns "header_variable".`,
    ],
    ['', 'file is empty;'],
  ])('is refused with what is wrong and what would be right: %j', async (content, message) => {
    await writeFile(path, content);
    const refused = check();
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(`The audience ${message.replace('file', `file:${path}`)}`);
    await expect(refused).rejects.toThrow(
      'For example file:customers.csv, with the first line phone_number,customer_name',
    );
  });

  it('is refused when it is missing, a folder, below a file or no file', async () => {
    await expect(check()).rejects.toThrow(/can't be opened: there is no such file\. For example file:/);
    await mkdir(path);
    await expect(check()).rejects.toThrow(/is a folder; .* For example file:/);
    await writeFile(join(path, 'a'), '');
    path = join(path, 'a', 'b');
    await expect(check()).rejects.toThrow(/can't be opened: .*ENOTDIR/);
    path = join(dir, 'pipe');
    await promisify(execFile)('mkfifo', [path]);
    await expect(check()).rejects.toThrow(/is a pipe or a device/);
  });
});
