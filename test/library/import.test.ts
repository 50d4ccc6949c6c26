import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { root } from '../docs/markdown.js';

const run = promisify(execFile);

/** How much memory a process holds that has done this. */
async function memoryAfter(statement: string): Promise<number> {
  const program = `${statement}; console.log(process.memoryUsage.rss());`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return Number(stdout);
}

test('who imports the library needs less than 29 MB for it, beside what Node takes', async () => {
  const library = pathToFileURL(join(root, 'dist/program/index.js')).href;
  const node = await memoryAfter("await import('node:fs')");
  expect((await memoryAfter(`await import('${library}')`)) - node).toBeLessThan(29_000_000);
});
