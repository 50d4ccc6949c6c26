import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from '../package/run.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * A program of a package of another Debian than this machine's, kept in .siaran/debian. It comes with all of its libraries and the loader
 * of that Debian, so that it needs no root, and nothing is installed. Returns a command that runs it.
 */
export async function fetchDebian(suite, packageName, program) {
  const folder = join(root, '.siaran', 'debian', `${suite}-${packageName}`);
  const command = join(folder, packageName);
  if (existsSync(command)) return command;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  const archives = join(draft, 'archives');
  const unpacked = join(draft, 'root');
  await download(suite, packageName, draft, archives);
  for (const name of await readdir(archives))
    if (name.endsWith('.deb')) await run('dpkg', ['-x', join(archives, name), unpacked]);
  for (const name of ['archives', 'lists']) await rm(join(draft, name), { recursive: true });
  await rename(draft, folder);
  await writeFile(command, await startedByItsLoader(join(folder, 'root'), program));
  await chmod(command, 0o755);
  return command;
}

/** apt takes the machine for an empty one of that Debian, and keeps all that it knows in the folder. */
async function download(suite, packageName, folder, archives) {
  const lists = join(folder, 'lists');
  for (const path of [join(lists, 'partial'), join(archives, 'partial')]) await mkdir(path, { recursive: true });
  const [sources, status] = [join(folder, 'sources.list'), join(folder, 'status')];
  await writeFile(sources, `deb [signed-by=${keyring}] http://deb.debian.org/debian ${suite} main\n`);
  await writeFile(status, '');
  const settings = [
    ...[`Dir::Etc::sourcelist=${sources}`, 'Dir::Etc::sourceparts=/dev/null', 'Dir::Etc::preferencesparts=/dev/null'],
    ...[`Dir::State::lists=${lists}`, `Dir::State::status=${status}`],
    ...[`Dir::Cache=${folder}`, `Dir::Cache::archives=${archives}`],
    ...['Debug::NoLocking=1', 'APT::Sandbox::User=', 'APT::Install-Recommends=false'],
  ].flatMap((setting) => ['-o', setting]);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', [...settings, '-q', '-y', 'update'], { env });
  await run('apt-get', [...settings, '-q', '-y', '--download-only', 'install', packageName], { env });
}

/** This machine's loader would give it libraries of another age than its own. */
async function startedByItsLoader(folder, program) {
  const libraries = [];
  // A newer Debian has them below usr alone.
  for (const lib of ['lib', join('usr', 'lib')]) {
    const kinds = await readdir(join(folder, lib)).catch(() => []);
    libraries.push(...kinds.filter((kind) => kind.endsWith('-linux-gnu')).map((kind) => join(folder, lib, kind)));
  }
  for (const library of libraries) {
    const loader = (await readdir(library)).find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
    if (loader === undefined) continue;
    // Redis loads some of what its scripts use by itself.
    const lua = libraries.map((each) => join(each, 'lua', '5.1', '?.so')).join(';');
    const start = `LUA_CPATH='${lua}' exec '${join(library, loader)}' --library-path '${libraries.join(':')}' '${join(folder, program)}' "$@"`;
    return `#!/bin/sh\n${start}\n`;
  }
  throw new Error(`${folder} has no loader.`);
}
