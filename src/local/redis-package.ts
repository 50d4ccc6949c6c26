import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SiaranError } from '../errors.js';
import { run } from './processes.js';

export interface RedisProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The Redis that an earlier start has unpacked, if there is one. */
export async function unpackedRedis(toolsDir: string): Promise<RedisProgram | undefined> {
  const root = join(toolsDir, 'redis');
  const path = join(root, 'usr', 'bin', 'redis-server');
  if (!(await exists(path))) return undefined;
  // Debian keeps libraries in a folder of the machine's kind, such as usr/lib/x86_64-linux-gnu.
  const folders = await Promise.all(
    [join(root, 'usr', 'lib'), join(root, 'lib')].map(async (lib) => {
      const entries = await readdir(lib, { withFileTypes: true }).catch(() => []);
      return [lib, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(lib, entry.name))];
    }),
  );
  return { path, env: { LD_LIBRARY_PATH: folders.flat().join(delimiter) } };
}

/**
 * Unpacks Debian's or Ubuntu's Redis, with the libraries that the machine lacks, into a folder. apt and dpkg keep all
 * of their state there, so it needs no root and the machine itself stays as it is.
 */
export async function unpackRedis(toolsDir: string): Promise<RedisProgram> {
  await mkdir(toolsDir, { recursive: true });
  const draft = await mkdtemp(join(toolsDir, 'redis-'));
  try {
    await downloadAndUnpack(draft);
    // Another process that unpacked it at the same time has put the same there.
    await rename(join(draft, 'root'), join(toolsDir, 'redis')).catch(() => undefined);
  } catch (cause) {
    throw new SiaranError(
      'LOCAL',
      `Redis could not be unpacked into ${toolsDir}. Install one ("apt-get install redis-server"), or start one ` +
        `yourself (docker compose up) and set REDIS_URL. ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const program = await unpackedRedis(toolsDir);
  if (program === undefined) throw new SiaranError('LOCAL', `The packages in ${toolsDir} hold no redis-server.`);
  return program;
}

async function downloadAndUnpack(folder: string): Promise<void> {
  const lists = join(folder, 'lists');
  const cache = join(folder, 'cache');
  const archives = join(cache, 'archives');
  const root = join(folder, 'root');
  for (const path of [join(lists, 'partial'), join(archives, 'partial'), root]) await mkdir(path, { recursive: true });

  const places = [
    '-o',
    `Dir::State::lists=${lists}`,
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    `Dir::Cache::archives=${archives}`,
  ];
  const unprivileged = ['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User='];
  const options = [...places, ...unprivileged, '-q', '-y'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run({ command: 'apt-get', args: [...options, 'update'], env });
  // `install` rather than `download`: it also fetches just those libraries that this release's Redis needs and lacks.
  const install = ['--no-install-recommends', '--download-only', 'install', 'redis-server'];
  await run({ command: 'apt-get', args: [...options, ...install], env });
  for (const name of await readdir(archives)) {
    if (name.endsWith('.deb')) await run({ command: 'dpkg', args: ['-x', join(archives, name), root] });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
