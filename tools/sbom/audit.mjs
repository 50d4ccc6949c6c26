// Asks the registry which of the packages that the program is made of have known weaknesses, and ends with 1 if one has. All packages
// are devDependencies, as the bundler puts those that are used into dist: so `npm audit --omit=dev` looks at none of them, and
// `npm audit` also tells of what only tests and tools need.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const bundled = new Set(JSON.parse(readFileSync(join(root, 'dist/packages.json'), 'utf8')));

const { stdout, stderr } = spawnSync('npm', ['audit', '--package-lock-only', '--json'], {
  ...{ cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 },
});
const { vulnerabilities, message, error } = readJson(stdout);
// Without an answer nothing is known, which is no good news.
if (!vulnerabilities)
  throw new Error(`The registry told nothing: ${message ?? error?.summary ?? (stderr.trim() || stdout.trim())}`);

const weak = Object.values(vulnerabilities).filter(({ nodes }) => nodes.some((place) => bundled.has(place)));
for (const { name, severity, range, via } of weak)
  console.log(`${name} ${range}: ${severity}${via.map(wordsOf).join('')}`);
console.log(`${weak.length} of ${bundled.size} packages of the program have known weaknesses`);
process.exitCode = weak.length > 0 ? 1 : 0;

/** A weakness of its own, or the package that it has it from. */
function wordsOf(cause) {
  return typeof cause === 'string' ? `, by ${cause}` : `, ${cause.title} (${cause.url})`;
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
