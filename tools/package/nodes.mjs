import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { root, run } from './run.mjs';

/**
 * A Node of that major version from the registry, kept in .siaran/nodes; without one, the Node that runs this. Its `env` has it
 * first on the path.
 */
export async function fetchNode(major) {
  const path = major ? await downloaded(major) : process.execPath;
  const version = (await run(path, ['--version'])).stdout.trim().slice(1);
  // What npm tells its scripts of itself is nothing to another npm.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  return { version, path, env: { ...own, PATH: `${dirname(path)}${delimiter}${process.env.PATH}` } };
}

async function downloaded(major) {
  const folder = join(root, '.siaran', 'nodes', major);
  const path = join(folder, 'package', 'bin', 'node');
  if (existsSync(path)) return path;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--silent', `node-${process.platform}-${process.arch}@${major}`], {
    cwd: draft,
  });
  const archive = stdout.trim().split('\n').at(-1);
  await run('tar', ['-xzf', archive, 'package/bin/node'], { cwd: draft });
  await rm(join(draft, archive));
  await rename(draft, folder);
  return path;
}
