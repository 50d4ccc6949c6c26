import { join } from 'node:path';
import { here, run } from './run.mjs';

/** Makes the package in a folder and lets two judges look at it, publint and "are the types wrong?". Returns its path. */
export async function makePackage(folder) {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder]);
  const tarball = join(folder, stdout.trim().split('\n').at(-1));
  await refuseStrayFiles(tarball);
  const bin = (name) => join(here, 'node_modules', '.bin', name);
  await run(bin('publint'), ['run', tarball, '--strict']);
  await run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
  return tarball;
}

/** What is in a package by accident: what only a build reads, or what leads to sources that aren't in it. */
async function refuseStrayFiles(tarball) {
  const { stdout } = await run('tar', ['--list', '--file', tarball]);
  const stray = stdout.split('\n').filter((path) => /\.(map|tsbuildinfo)$/.test(path));
  if (stray.length > 0) throw new Error(`The package has ${stray.length} files too many, such as ${stray[0]}.`);
}
