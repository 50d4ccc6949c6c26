import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeFileOptions } from '../../src/cli/file-options.js';
import { run } from './siaran.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-env-'));
  path = join(folder, '.env');
  await writeFile(path, '# a comment\nA="one two"\nB=from the file\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('--env-file', () => {
  it.each([
    ['in two arguments', () => ['--env-file', path, 'runs', '--json']],
    ['in one', () => [`--env-file=${path}`, 'runs', '--json']],
  ])('%s gives variables that are not set, and leaves the command', (_, args) => {
    const env = { B: 'set' };
    expect(takeFileOptions(args(), env)).toEqual(['runs', '--json']);
    expect(env).toEqual({ A: 'one two', B: 'set' });
  });

  it('of two, the first counts', async () => {
    const second = join(folder, 'second');
    await writeFile(second, 'B=from the second\nC=only there\n');
    const env = {};
    expect(takeFileOptions(['--env-file', path, '--env-file', second, 'runs'], env)).toEqual(['runs']);
    expect(env).toEqual({ A: 'one two', B: 'from the file', C: 'only there' });
  });

  it('is read before the command is', async () => {
    const settings = join(folder, 'settings');
    await writeFile(settings, 'DATABASE_URL=mysql://db\nREDIS_URL=redis://redis\n');
    expect(await run(['--env-file', settings, 'runs'], { env: {} })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DATABASE_URL is not an address'),
    });
  });

  it('that can not be read is told in a sentence', async () => {
    const missing = join(folder, 'missing');
    expect(await run(['--env-file', missing, 'runs'], { env: {} })).toMatchObject({
      code: 2,
      stderr: `error: --env-file: the file ${missing} can't be read (ENOENT).\n`,
    });
    expect(() => takeFileOptions(['--env-file'], {})).toThrow('needs the path of a file');
  });
});

describe('--config', () => {
  it('names the configuration file, whatever the environment names, before or behind --env-file', () => {
    for (const args of [
      ['--config', 'siaran.yaml', '--env-file', path, 'runs', '--json'],
      ['--env-file', path, '--config=siaran.yaml', 'runs', '--json'],
    ]) {
      const env = { SIARAN_CONFIG_FILE: 'another.yaml' };
      expect(takeFileOptions(args, env)).toEqual(['runs', '--json']);
      expect(env).toMatchObject({ SIARAN_CONFIG_FILE: 'siaran.yaml', A: 'one two' });
    }
  });

  it('is there once, and needs a path', () => {
    expect(() => takeFileOptions(['--config', 'a', '--config', 'b', 'runs'], {})).toThrow('--config can be there once');
    expect(() => takeFileOptions(['--config'], {})).toThrow('--config needs the path of a file');
  });

  it('is read by a command', async () => {
    const settings = join(folder, 'siaran.yaml');
    await writeFile(settings, 'SIARAN_CONCURENCY: 8\n');
    expect(await run(['--config', settings, 'runs'], { env: {} })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the nearest is SIARAN_CONCURRENCY'),
    });
    expect(await run(['--config', settings, 'migrate'], { env: {} })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the nearest is SIARAN_CONCURRENCY'),
    });
  });
});
