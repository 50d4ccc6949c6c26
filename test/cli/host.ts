import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Ended } from '../support/program.js';

export type Command = { args: readonly string[]; env: Record<string, string | undefined>; cwd: string; input: string };

const program = fileURLToPath(new URL('resident.mjs', import.meta.url));

/** A process that has loaded the program, and runs one command after the other. */
export class Host {
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;
  readonly #gone: Promise<number | null>;
  #said = { stdout: '', stderr: '' };
  #onSaid = () => {};
  #commands = 0;

  constructor(env: Record<string, string | undefined>) {
    this.#child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#gone = once(this.#child, 'close').then(([code]) => code as number | null);
    this.#ready = once(this.#child, 'message');
    for (const name of ['stdout', 'stderr'] as const)
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.#said[name] += text;
        this.#onSaid();
      });
    // Nobody who waits for it is forgotten: a test has a timer.
    this.#child.unref();
    this.#child.channel?.unref();
    for (const pipe of [this.#child.stdout, this.#child.stderr]) (pipe as Socket).unref();
  }

  /** Runs a command to its end. `isClean`: this process may run another one. */
  async run(command: Command): Promise<Ended & { isClean: boolean }> {
    this.#commands += 1;
    const mark = `\0end ${this.#commands}\0`;
    this.#said = { stdout: '', stderr: '' };
    await Promise.race([this.#ready, this.#gone]);
    const ended = once(this.#child, 'message') as Promise<[{ code: number; isClean: boolean }]>;
    this.#child.send({ ...command, mark }, () => {});
    const told = await Promise.race([ended, this.#gone]);
    // It ended on its own, by an error that nobody caught.
    if (!Array.isArray(told)) return { code: told, ...this.#said, isClean: false };
    const { stdout, stderr } = await this.#saidUntil(mark);
    return { ...told[0], stdout, stderr };
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.send('end');
    await this.#gone;
  }

  #saidUntil(mark: string): Promise<{ stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      this.#onSaid = () => {
        const { stdout, stderr } = this.#said;
        if (!stdout.endsWith(mark) || !stderr.endsWith(mark)) return;
        this.#onSaid = () => {};
        resolve({ stdout: stdout.slice(0, -mark.length), stderr: stderr.slice(0, -mark.length) });
      };
      this.#onSaid();
    });
  }
}
