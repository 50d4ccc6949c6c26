// Before a version is made (`npm version`): nothing is left uncommitted, and the changelog says what the version brings.
//   node tools/check-version.mjs clean | changelog
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [what] = process.argv.slice(2);
const fault = what === 'clean' ? unclean() : unsaid();
if (fault) console.error(fault);
process.exitCode = fault ? 1 : 0;

function unclean() {
  const left = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim();
  return left && `Commit or remove this first:\n${left}`;
}

/** npm has raised the version in package.json by then, and commits only if this passes. */
function unsaid() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const headings = readFileSync('CHANGELOG.md', 'utf8').match(/^## .*$/gm) ?? [];
  if (headings.some((heading) => heading.split(/\s+/)[1] === version)) return '';
  return `CHANGELOG.md has no heading "## ${version}": put what is under "Unreleased" below one. Then take package.json and package-lock.json back (git checkout), commit, and try again.`;
}
