import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SiaranError } from '../errors.js';

const endings: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const running = new Map<number, NodeJS.Signals>();

export interface SpawnOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly output: number | 'pipe';
  /** Asks for an orderly stop. Also sent as the last resort, when our process ends without having called `stop`. */
  readonly stopSignal: NodeJS.Signals;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Starts a child in a process group of its own, so that a Ctrl-C in the terminal reaches us only. */
export async function start(options: SpawnOptions): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', options.output, options.output],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...options.user,
  });
  const pid = child.pid;
  if (pid !== undefined) {
    watchOurEnd();
    running.set(pid, options.stopSignal);
    child.once('exit', () => forget(pid));
  }
  await once(child, 'spawn');
  return child as ChildProcess & { readonly pid: number };
}

/** Runs a command to its end and gives its output; throws `LOCAL` with that output unless it ends with 0. */
export async function run(options: Omit<SpawnOptions, 'output' | 'stopSignal'>): Promise<string> {
  const child = await start({ ...options, output: 'pipe', stopSignal: 'SIGTERM' }).catch((cause: unknown) => {
    throw new SiaranError('LOCAL', `${options.command} can't be started: ${String(cause)}`, { cause });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += String(text)));
  const [code, signal] = await once(child, 'close');
  if (code === 0) return output;
  throw new SiaranError('LOCAL', `${options.command} ended with ${String(signal ?? code)}:\n${output.trim()}`);
}

/** Sends the signals one after the other, each with its patience, until the process is gone. */
export async function stopProcess(pid: number, signals: readonly NodeJS.Signals[], patienceMs = 10_000): Promise<void> {
  const identity = await identify(pid);
  if (identity === undefined) return;
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error;
    }
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if ((await identify(pid)) !== identity) return;
      await sleep(20);
    }
  }
  throw new SiaranError('LOCAL', `Process ${pid} did not stop.`);
}

/** When the process with this id began, or undefined if it has ended: ids are used again, pairs of both are not. */
export async function identify(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The name, in brackets, may hold anything; after it come the state and, as the 20th, the time of the start.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  }
  const line = await ps(pid, 'stat=,lstart=');
  return line === undefined || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** The command line of a process, or undefined if there is no such process. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return ps(pid, 'command=');
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return text?.replaceAll('\0', ' ');
}

async function ps(pid: number, columns: string): Promise<string | undefined> {
  // A time is written in the reader's zone and language, and has to compare equal to what another process read.
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
  const output = await run({ command: 'ps', args: ['-ww', '-o', columns, '-p', String(pid)], env }).catch(() => '');
  return output.trim() || undefined;
}

/** A port of 127.0.0.1 that is free now. Another process may take it before we do, so callers try again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new SiaranError('LOCAL', 'There is no free port.');
  return address.port;
}

/** Errors of Node itself are told by their code alone: Jest has another `Error` than Node. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function watchOurEnd(): void {
  if (running.size > 0) return;
  process.on('exit', stopAll);
  for (const signal of endings) process.on(signal, endedBy);
}

function forget(pid: number): void {
  running.delete(pid);
  if (running.size > 0) return;
  process.off('exit', stopAll);
  for (const signal of endings) process.off(signal, endedBy);
}

/** A signal that nobody else handles ends us at once, without an `exit` event. */
function endedBy(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  stopAll();
  process.off(signal, endedBy);
  process.kill(process.pid, signal);
}

function stopAll(): void {
  for (const [pid, signal] of running) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself, which is what was asked for.
    }
  }
}
