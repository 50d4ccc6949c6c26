import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeEnvFiles } from '../../src/cli/env-file.js';
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
    expect(takeEnvFiles(args(), env)).toEqual(['runs', '--json']);
    expect(env).toEqual({ A: 'one two', B: 'set' });
  });

  it('of two, the first counts', async () => {
    const second = join(folder, 'second');
    await writeFile(second, 'B=from the second\nC=only there\n');
    const env = {};
    expect(takeEnvFiles(['--env-file', path, '--env-file', second, 'runs'], env)).toEqual(['runs']);
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
    expect(() => takeEnvFiles(['--env-file'], {})).toThrow('needs the path of a file');
  });
});
