import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';

const mostFiles = 15;
const mostLines = 250;
/** A file for each table stands in it. */
const tables = 'src/store';

const written = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^(src|workers|test|bench|tools|docs)\//.test(file));

test(`no folder holds more than ${mostFiles} files, tables aside`, () => {
  const held = new Map<string, number>();
  for (const file of written) held.set(dirname(file), (held.get(dirname(file)) ?? 0) + 1);
  expect(held.size).toBeGreaterThan(50);
  expect([...held].filter(([folder, files]) => files > mostFiles && folder !== tables)).toEqual([]);
});

test(`no source file has more than ${mostLines} lines, and neither has the README`, () => {
  const sources = [
    ...written.filter((file) => /\.(ts|js|mjs|css)$/.test(file) && !file.endsWith('.d.ts')),
    'README.md',
  ];
  expect(sources.length).toBeGreaterThan(500);
  const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;
  expect(sources.map((file) => [file, linesOf(file)]).filter(([, lines]) => Number(lines) > mostLines)).toEqual([]);
});
