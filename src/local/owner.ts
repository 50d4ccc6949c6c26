import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SiaranError } from '../errors.js';
import { hasCode, identify, stopProcess } from './processes.js';

interface Process {
  readonly pid: number;
  readonly identity: string | undefined;
}

interface Ownership {
  readonly owner: Process;
  readonly child?: Process;
}

interface Claim {
  /** Notes which server runs for us, so that the next start can stop it should we be killed. */
  record(childPid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes this process the only one that runs a server on `dataDir`, through a file beside it. A server that an owner who
 * is gone left running is stopped first. Throws `IN_USE` while another owner lives.
 */
export async function claim(dataDir: string, stopSignals: readonly NodeJS.Signals[]): Promise<Claim> {
  const path = `${dataDir}.owner`;
  const owner = { pid: process.pid, identity: await identify(process.pid) };
  await mkdir(dirname(path), { recursive: true });
  // Under its name the file is always whole: it is written elsewhere and then linked, which fails if the name is taken.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ owner } satisfies Ownership));
  try {
    while (!(await linked(draft, path))) await clearAway(path, dataDir, stopSignals);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async record(childPid) {
      const child = { pid: childPid, identity: await identify(childPid) };
      await writeFile(draft, JSON.stringify({ owner, child } satisfies Ownership));
      await rename(draft, path);
    },
    release: () => rm(path, { force: true }),
  };
}

async function clearAway(path: string, dataDir: string, stopSignals: readonly NodeJS.Signals[]): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const found = parse(text);
  if (found !== undefined && (await lives(found.owner))) throw inUse(dataDir, found.owner.pid);
  if (found?.child !== undefined && (await lives(found.child))) await stopProcess(found.child.pid, stopSignals);

  // Another process may have replaced it since it was read: then that one is put back.
  const aside = `${path}.${randomUUID()}`;
  if (
    !(await rename(path, aside).then(
      () => true,
      () => false,
    ))
  )
    return;
  if ((await readFile(aside, 'utf8')) !== text) await linked(aside, path);
  await rm(aside, { force: true });
}

async function lives({ pid, identity }: Process): Promise<boolean> {
  return identity !== undefined && (await identify(pid)) === identity;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function parse(text: string): Ownership | undefined {
  try {
    return JSON.parse(text) as Ownership;
  } catch {
    return undefined;
  }
}

function inUse(dataDir: string, pid: number): SiaranError {
  return new SiaranError(
    'IN_USE',
    `${dataDir} is in use by process ${pid}. Stop that one first, or start from another folder.`,
  );
}
