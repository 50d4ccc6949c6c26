import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { type Ended, Host } from './host.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = `${root}/dist/src/cli/main.js`;

export type Running = { child: ChildProcess; stdout(): string; stderr(): string; ended: Promise<Ended> };
export type StartOptions = { env?: Record<string, string>; input?: string; cwd?: string; file?: string };
export type RunOptions = Omit<StartOptions, 'file'> & {
  /** By a process of its own, where how it starts or ends is what is tried. */
  alone?: boolean;
};

const { SIARAN_TEST_COVERAGE: coverage } = process.env;
/** Nothing of our own environment but PATH, by a clock that hangs in UTC. */
const plain = { PATH: process.env.PATH, TZ: 'UTC', ...(coverage && { NODE_V8_COVERAGE: coverage }) };
/** What Node, or the program, reads while it starts. */
const readAtStart = /^(NODE_|TZ$)/;

/** By what they were started with. */
const idle = new Map<string, Host[]>();
const hosts = new Set<Host>();
afterAll(() => Promise.all([...hosts].map((host) => host.close())));

/** The built program, as a person starts it: a process of its own. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(process.execPath, [options.file ?? bin, ...args], {
    cwd: options.cwd ?? root,
    env: { ...plain, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  child.stdin.on('error', () => {});
  if (options.input !== undefined) child.stdin.end(options.input);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs a command to its end, by a process that has loaded the program before. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { env = {}, input = '', cwd = root, alone = false } = options;
  if (alone) return start(args, { env, input, cwd }).ended;
  const startedWith = {
    ...plain,
    ...Object.fromEntries(Object.entries(env).filter(([name]) => readAtStart.test(name))),
  };
  const key = JSON.stringify(startedWith);
  const alike = idle.get(key) ?? [];
  idle.set(key, alike);
  const host = alike.pop() ?? new Host(startedWith);
  hosts.add(host);
  const { isClean, ...ended } = await host.run({ args, env: { ...plain, ...env }, cwd, input });
  if (isClean) alike.push(host);
  else {
    hosts.delete(host);
    await host.close();
  }
  return ended;
}

/** The one JSON document on standard output of a command that has to succeed. */
export async function json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await run([...args, '--json'], options);
  if (code !== 0) throw new Error(`siaran ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

export async function until<T>(look: () => T | Promise<T>, what: string, limitMs = 30_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}
