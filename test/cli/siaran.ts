import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = `${root}/dist/src/cli/main.js`;

export type Ended = { code: number | null; stdout: string; stderr: string };
export type Running = { child: ChildProcess; stdout(): string; stderr(): string; ended: Promise<Ended> };
export type StartOptions = { env?: Record<string, string>; input?: string; cwd?: string; file?: string };

/** The built program, as a person starts it, with nothing of our own environment but PATH, by a clock that hangs in UTC. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(process.execPath, [options.file ?? bin, ...args], {
    cwd: options.cwd ?? root,
    env: { PATH: process.env.PATH, TZ: 'UTC', ...options.env },
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

export function run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(args, { input: '', ...options }).ended;
}

/** The one JSON document on standard output of a command that has to succeed. */
export async function json<T>(args: readonly string[], options: StartOptions = {}): Promise<T> {
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
