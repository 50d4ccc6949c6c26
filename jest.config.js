import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const rootDir = import.meta.dirname;

/** What a test imports, or does, that needs a Postgres, a Redis or the built program. */
const needs =
  /support\/(admin|environment|redis-cluster|redis-server|rig)\.js|\.\/environment\.js|\/(siaran|setting|processes)\.js'|src\/local\/|'node:child_process'|SIARAN_TEST_/;

const tests = readdirSync(join(rootDir, 'test'), { recursive: true })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => join(rootDir, 'test', path));
/** Pure, and takes seconds: nothing to wait for while one writes. */
const isLong = (path) => path.endsWith('.long.test.ts');
const [whole, unit] = [true, false].map((isWhole) =>
  tests.filter((path) => (isLong(path) || needs.test(readFileSync(path, 'utf8'))) === isWhole),
);

const common = {
  rootDir,
  // Jest reads all that is in them before it begins.
  roots: ['src', 'workers', 'test'].map((folder) => join(rootDir, folder)),
  runner: 'jest-light-runner/child-process',
  transform: {},
};

export default {
  projects: [
    { ...common, displayName: 'unit', testMatch: unit },
    {
      ...common,
      displayName: 'whole',
      testMatch: whole,
      globalSetup: '<rootDir>/test/runner/global-setup.mjs',
      globalTeardown: '<rootDir>/test/runner/global-teardown.mjs',
    },
  ],
  testSequencer: '<rootDir>/test/runner/slowest-first.mjs',
  // Of two cores: much of their time tests wait, for a process to start or for a worker's next look.
  maxWorkers: 4,
};
