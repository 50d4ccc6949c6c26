import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Ended = { code: number | null; stdout: string; stderr: string };
/** Where this repository begins, seen from the source as from the compiled file. */
export const root = (() => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) return folder;
})();
export const bin = `${root}/dist/program/main.js`;

export type Running = { child: ChildProcess; stdout(): string; stderr(): string; ended: Promise<Ended> };
export type StartOptions = { env?: Record<string, string>; input?: string; cwd?: string; file?: string };

const { SIARAN_TEST_COVERAGE: coverage } = process.env;
/** Nothing of our own environment but PATH, by a clock that hangs in UTC. */
export const plain = { PATH: process.env.PATH, TZ: 'UTC', ...(coverage && { NODE_V8_COVERAGE: coverage }) };

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
