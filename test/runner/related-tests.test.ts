import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { root } from '../support/program.js';

/** The tests that `npm run watch` runs when these files have changed. */
async function relatedTo(...files: string[]): Promise<string[]> {
  const jest = ['--import', './test/runner/typescript.mjs', 'node_modules/jest/bin/jest.js'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...jest, '--listTests', '--json', '--findRelatedTests', ...files],
    { cwd: root },
  );
  return (JSON.parse(stdout) as string[]).map((path) => relative(root, path));
}

test('a change of a source file selects the tests that import it, however far away, or run it as a program', async () => {
  const ofRule = await relatedTo('src/domain/schedules/schedule.ts');
  expect(ofRule).toContain('test/domain/schedules/schedule.test.ts');
  // By way of the library, and by way of the command line.
  expect(ofRule).toContain('test/pipeline/campaigns/campaigns.test.ts');
  expect(ofRule).toContain('test/cli/send/send.test.ts');
  expect(ofRule).not.toContain('test/domain/numbers/phone-number.test.ts');
  const ofCommand = await relatedTo('src/cli/send/send.ts');
  expect(ofCommand).toContain('test/cli/send/send.test.ts');
  expect(ofCommand).not.toContain('test/domain/schedules/schedule.test.ts');
});
