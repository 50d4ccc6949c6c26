import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from '../package/run.mjs';

/** So many migrations lie between the two builds, unless somebody names the one before. */
const migrationsBetween = 3;

/** The commit that takes the place of the version before; undefined where there is no history that goes so far back. */
export async function findBefore(asked) {
  try {
    return await commitOf(asked ?? (await latestRelease()) ?? (await beforeMigrations()));
  } catch (error) {
    if (asked !== undefined) throw new Error(`There is no commit ${asked} here.`, { cause: error });
    return undefined;
  }
}

const git = async (...args) => (await run('git', args)).stdout.trim();
const commitOf = (name) => git('rev-parse', '--short=7', '--verify', '--end-of-options', `${name}^{commit}`);

/** The newest tag of a version that this history holds, other than its own. */
async function latestRelease() {
  const tags = await git('tag', '--list', 'v*', '--merged', 'HEAD^', '--sort=-creatordate');
  return tags.split('\n').find((tag) => tag !== '');
}

/** Until there is a release: what stood before the newest migrations. */
async function beforeMigrations() {
  const added = await git('log', '--diff-filter=A', '--format=%H', `-${migrationsBetween}`, '--', 'prisma/migrations');
  return `${added.split('\n').at(-1)}^`;
}

/** Builds a commit with the packages that are installed here, in .siaran/upgrade. Returns the folder. */
export async function buildBefore(commit) {
  const folder = join(root, '.siaran', 'upgrade', commit);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const archive = join(draft, 'commit.tar');
  await run('git', ['archive', '--output', archive, commit]);
  await run('tar', ['-xf', archive, '-C', draft]);
  await rm(archive);
  await symlink(join(root, 'node_modules'), join(draft, 'node_modules'));
  for (const part of ['generate', 'build:program', 'build:browser'])
    await run('npm', ['run', '--silent', part], { cwd: draft });
  await rename(draft, folder);
  return folder;
}
