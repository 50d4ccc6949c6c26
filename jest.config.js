import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const rootDir = import.meta.dirname;

/** What a test, or what it imports of `test/`, imports or does that needs a Postgres, a Redis or the built program. */
const needs =
  /support\/(admin|environment|redis-cluster|redis-server|rig)\.js|\.\/environment\.js|\/(siaran|setting|processes)\.js'|src\/local\/|'node:child_process'|SIARAN_TEST_/;

const tests = readdirSync(join(rootDir, 'test'), { recursive: true })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => join(rootDir, 'test', path));
/** Takes services down, kills workers, walks through whole programs or counts to millions: half of the time that all tests take. */
const isLong = (path) => path.endsWith('.long.test.ts');
const needsServices = (path) => {
  const source = readFileSync(path, 'utf8');
  const beside = [...source.matchAll(/ from '(\.\.?\/[^']+)\.js'/g)].map(([, name]) =>
    join(dirname(path), `${name}.ts`),
  );
  return needs.test(source) || beside.some((file) => file.startsWith(join(rootDir, 'test')) && needsServices(file));
};
const quick = tests.filter((path) => !isLong(path));

// Each digest of a password takes 128 MB: in large pages, a machine whose memory is slow to get needs two thirds of the time.
process.env.GLIBC_TUNABLES ??= 'glibc.malloc.hugetlb=1';

const common = {
  rootDir,
  // Jest reads all that is in them before it begins.
  roots: ['src', 'workers', 'test'].map((folder) => join(rootDir, folder)),
  runner: 'jest-light-runner/child-process',
  transform: {},
  // Only to find which tests a change is about: imports name the `.js` that a file becomes.
  moduleNameMapper: { '^(\\.{1,2}/.+)\\.js$': ['$1.ts', '$1.js'] },
  dependencyExtractor: '<rootDir>/test/runner/dependencies.mjs',
};
const withServices = {
  ...common,
  globalSetup: '<rootDir>/test/runner/global-setup.mjs',
  globalTeardown: '<rootDir>/test/runner/global-teardown.mjs',
};

export default {
  projects: [
    { ...common, displayName: 'unit', testMatch: quick.filter((path) => !needsServices(path)) },
    { ...withServices, displayName: 'whole', testMatch: quick.filter(needsServices) },
    { ...withServices, displayName: 'long', testMatch: tests.filter(isLong) },
  ],
  testSequencer: '<rootDir>/test/runner/in-order.mjs',
  // Each file's outcome as soon as it is known: a run that is ended early has told what it did.
  reporters: ['default', ...(process.env.SIARAN_TEST_REPORT ? ['<rootDir>/test/runner/tell-each-file.mjs'] : [])],
  // Of two cores: much of their time tests wait, for a process to start or for a worker's next look.
  maxWorkers: 4,
};
