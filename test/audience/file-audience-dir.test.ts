import { link, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkAudience } from '../../src/audience/check-audience.js';
import { AudienceError, messageOf } from '../../src/errors.js';
import { means, readAudience, spec } from './audience.js';

let base: string;
let dir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'siaran-audience-'));
  dir = join(base, 'audiences');
  await mkdir(join(dir, 'december'), { recursive: true });
  await writeFile(join(base, 'secret.csv'), 'phone_number\n0815\n');
  await writeFile(join(dir, 'december', 'a.csv'), 'phone_number\n0816\n');
});

afterEach(() => rm(base, { recursive: true }));

const read = (path: string, given = dir) => readAudience(`file:${path}`, means({ dir: given }));

describe('a file below SIARAN_AUDIENCE_DIR', () => {
  it.each([
    ['by its way from there', () => 'december/a.csv'],
    ['by its whole path', () => join(dir, 'december', 'a.csv')],
    ['by a way that turns round in there', () => 'december/../december/a.csv'],
  ])('is read %s', async (_, path) => {
    expect(await read(path())).toEqual({ rows: [{ phone_number: '0816' }], error: undefined });
  });

  it('is read by a link that stays in there, and where the folder itself is one', async () => {
    await symlink('december/a.csv', join(dir, 'latest.csv'));
    await symlink(dir, join(base, 'link'));
    for (const [path, given] of [
      ['latest.csv', dir],
      ['latest.csv', join(base, 'link')],
      [join(dir, 'latest.csv'), join(base, 'link')],
      [join(base, 'link', 'latest.csv'), join(base, 'link')],
    ] as const)
      expect(await read(path, given)).toEqual({ rows: [{ phone_number: '0816' }], error: undefined });
  });

  it.each([
    ['by its whole path', () => join(base, 'secret.csv')],
    ['by a way out', () => '../secret.csv'],
    ['that is not there, and is told no more of', () => join(base, 'nothing.csv')],
    ['whose name begins as the folder', () => `${dir}.csv`],
    ['that is the folder itself', () => dir],
    ['by a link', () => 'link.csv'],
    ['in a folder that is a link', () => 'up/secret.csv'],
  ])('is another than one %s', async (_, path) => {
    await symlink(join(base, 'secret.csv'), join(dir, 'link.csv'));
    await symlink(base, join(dir, 'up'));
    const { rows, error } = await read(path());
    expect(rows).toEqual([]);
    expect(error).toBeInstanceOf(AudienceError);
    expect(messageOf(error)).toBe(
      `The audience file:${path()} can't be read: it is not below ${dir}, which is SIARAN_AUDIENCE_DIR.`,
    );
  });

  it('is never one from elsewhere, whoever swaps links meanwhile', async () => {
    const swapped = join(dir, 'december', 'swapped.csv');
    let isOver = false;
    const swapping = (async () => {
      for (let turn = 0; !isOver; turn += 1) {
        const draft = join(dir, `draft-${turn % 2}`);
        await rm(draft, { force: true });
        if (turn % 2 === 0) await symlink(join(base, 'secret.csv'), draft);
        else await link(join(dir, 'december', 'a.csv'), draft);
        await rename(draft, swapped);
      }
    })();
    const seen = new Set<string>();
    for (let turn = 0; turn < 500; turn += 1) {
      const { rows, error } = await read('december/swapped.csv');
      seen.add(error === undefined ? JSON.stringify(rows) : 'refused');
    }
    isOver = true;
    await swapping;
    expect(seen.has('[{"phone_number":"0815"}]')).toBe(false);
    expect(seen.size).toBeGreaterThan(0);
  });
});

it('without SIARAN_AUDIENCE_DIR, or with one that is not there, no file is read', async () => {
  const path = join(dir, 'december', 'a.csv');
  const none = await readAudience(`file:${path}`, means({ dir: undefined }));
  expect(messageOf(none.error)).toContain("can't be read: SIARAN_AUDIENCE_DIR is not set");
  expect(messageOf((await read(path, join(base, 'gone'))).error)).toContain('there is no such folder');
});

describe('no byte of a file stands in an error', () => {
  const secret = 'Rahasia';
  it.each([
    [`phone_number,${secret}\n0815,x\n`],
    [`${secret},${secret}\n0815,x\n`],
    [`phone_number,"a "" ${secret}"\n`],
    [`sep=${secret[0]}\nphone_number\n`],
    [`0815 2797 5868,${secret}\n`],
    [`phone_number\t${secret}\n`],
    [`["${secret}"]\n`],
    [`{"${secret}":1,"${secret}":2}\n`],
    [`{"phone_number":"1","${secret}":2}\n`],
    [`{"phone_number":"1","${secret}\n`],
    [`phone_number\n"0815 ${secret}`],
    [`phone_number\n0815 "${secret}"\n`],
    [`root:${secret}:0:0:/root:/bin/bash\n`],
    [`${secret}\n`],
    [`{"phone_number":"1","a":"${secret}"},\n`],
  ])('%j', async (content) => {
    await writeFile(join(dir, 'a.csv'), content);
    const said: unknown[] = [];
    said.push((await read('a.csv')).error);
    for (const fitting of [
      { map: {}, ignoreColumns: [] },
      { map: { Telepon: 'phone_number' }, ignoreColumns: ['Notes'] },
    ])
      await checkAudience(spec('file:a.csv'), ['phone_number'], means({ dir }), fitting).catch((error: unknown) =>
        said.push(error),
      );
    expect(said.length).toBeGreaterThan(1);
    const text = said.map((error) => (error === undefined ? '' : messageOf(error))).join('\n');
    expect(text).toContain('The audience file:a.csv');
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/0815|"R"/);
  });
});
