import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { root } from './markdown.js';

const run = promisify(execFile);
let folder: string;

/** A repository with the checks of this one, apart from those that take minutes: types and tests. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'siaran-version-'));
  const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const [preversion] = scripts.preversion.split(' && ');
  cpSync(`${root}/tools/check-version.mjs`, join(folder, 'tools/check-version.mjs'), { recursive: true });
  write(
    'package.json',
    JSON.stringify({ name: 'x', version: '0.1.0', scripts: { preversion, version: scripts.version } }),
  );
  write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n');
  git('init', '--quiet');
  commitAll();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

function commitAll(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'All');
}

/** @returns what npm says of what it refuses. */
async function version(): Promise<string> {
  // What npm tells its scripts is nothing to another npm, such as to be silent.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  // npm commits without asking this test who does.
  const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'Ada'],
    [`GIT_${role}_EMAIL`, 'ada@example.com'],
  ]);
  return run('npm', ['version', '0.2.0'], { cwd: folder, env: Object.fromEntries([...own, ...who]) }).then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  );
}

test('npm version refuses what is not committed or not in the changelog; then it commits and tags', async () => {
  expect(await version()).toContain('CHANGELOG.md has no heading "## 0.2.0"');
  expect(git('tag')).toBe('');
  git('checkout', '--quiet', '.');

  write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n## 0.2.0\n');
  expect(await version()).toContain('Git working directory not clean');
  commitAll();
  write('forgotten.ts', '');
  expect(await version()).toContain('Commit or remove this first:\n?? forgotten.ts');
  expect(git('tag')).toBe('');

  rmSync(join(folder, 'forgotten.ts'));
  expect(await version()).toBe('');
  expect(git('tag')).toBe('v0.2.0');
  expect(git('log', '-1', '--format=%s')).toBe('0.2.0');
  expect(git('status', '--porcelain')).toBe('');
}, 300_000);
