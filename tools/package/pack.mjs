import { join } from 'node:path';
import { here, run } from './run.mjs';

/** Makes the package in a folder and lets two judges look at it, publint and "are the types wrong?". Returns its path. */
export async function makePackage(folder) {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder]);
  const tarball = join(folder, stdout.trim().split('\n').at(-1));
  const bin = (name) => join(here, 'node_modules', '.bin', name);
  await run(bin('publint'), ['run', tarball, '--strict']);
  await run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
  return tarball;
}
