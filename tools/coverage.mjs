// How much of src/ and workers/ the tests run: in Jest, and in the commands, workers and other programs that they start and end.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mergeProcessCovs } from '@bcoe/v8-coverage';
import coverage from 'istanbul-lib-coverage';
import toIstanbul from 'v8-to-istanbul';

const root = join(import.meta.dirname, '..');
const dir = await mkdtemp(join(tmpdir(), 'siaran-coverage-'));
const [ofJest, ofPrograms] = [join(dir, 'jest'), join(dir, 'programs')];
const jest = [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...['--coverage', '--coverageReporters=json', `--coverageDirectory=${ofJest}`, ...process.argv.slice(2)],
];
const { status } = spawnSync(process.execPath, jest, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SIARAN_TEST_COVERAGE: ofPrograms },
});

const map = coverage.createCoverageMap(JSON.parse(await readFile(join(ofJest, 'coverage-final.json'), 'utf8')));
for (const { url, functions } of await scriptsOfPrograms()) {
  const converter = toIstanbul(fileURLToPath(url));
  await converter.load();
  converter.applyCoverage(functions);
  map.merge(converter.toIstanbul());
}
await rm(dir, { recursive: true });

const folders = new Map();
for (const path of map.files()) {
  const [first, second = ''] = relative(root, path).split(sep);
  if (!['src', 'workers'].includes(first) || second === 'generated') continue;
  const folder = first === 'src' && !second.endsWith('.ts') ? `src/${second}` : first;
  for (const name of [folder, 'all']) {
    const sums = folders.get(name) ?? coverage.createCoverageSummary();
    sums.merge(map.fileCoverageFor(path).toSummary());
    folders.set(name, sums);
  }
}
for (const [name, { lines, branches, functions }] of [...folders].sort(([a], [b]) => a.localeCompare(b)))
  console.log(`${name.padEnd(16)} lines ${lines.pct} %, branches ${branches.pct} %, functions ${functions.pct} %`);
process.exit(status ?? 1);

async function scriptsOfPrograms() {
  const names = await readdir(ofPrograms).catch(() => []);
  const covs = [];
  for (const name of names) {
    const { result } = JSON.parse(await readFile(join(ofPrograms, name), 'utf8'));
    covs.push({ result: result.filter(({ url }) => /\/dist\/(src|workers)\/(?!generated\/)/.test(url)) });
  }
  return mergeProcessCovs(covs).result;
}
