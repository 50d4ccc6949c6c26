import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rootDir } from './machine.js';

/** A child process that answers each line of JSON with one. Its first line says that it is ready. */
export type Hand = {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly greeting: unknown;
  /** @throws what the process said last, if it ends instead. */
  ask<Answer = unknown>(request: object): Promise<Answer>;
  kill(): Promise<void>;
};

type Position = { name: string; script: string; args?: readonly string[]; env: Record<string, string> };

/** All child processes of the benchmark. None outlives it. */
export class Staff {
  /** Rejects when a process ends that nobody has ended: whoever waits for its work would wait for ever. */
  readonly trouble: Promise<never>;
  #report: (error: Error) => void = () => {};
  readonly #living = new Set<ChildProcessWithoutNullStreams>();
  #closed = false;

  constructor() {
    this.trouble = new Promise((_, reject) => {
      this.#report = reject;
    });
    this.trouble.catch(() => {});
    process.on('exit', this.#killAll);
  }

  async hire({ name, script, args = [], env }: Position): Promise<Hand> {
    const child = this.#start({ script, args, env });
    const { nextLine, ended } = listen(child, name);
    let dismissed = false;
    const gone = ended.then((error) => {
      this.#living.delete(child);
      if (!dismissed && !this.#closed) this.#report(error);
    });
    return {
      pid: child.pid ?? 0,
      greeting: await nextLine(),
      async ask<Answer>(request: object) {
        child.stdin.write(`${JSON.stringify(request)}\n`);
        return (await nextLine()) as Answer;
      },
      async kill() {
        dismissed = true;
        child.kill('SIGKILL');
        await gone;
      },
    };
  }

  /** Runs a program to its end. @throws what it said last, unless its exit code is 0 */
  async run({ name, script, args = [], env }: Position): Promise<void> {
    const child = this.#start({ script, args, env });
    let said = '';
    child.stdout.resume();
    child.stderr.on('data', (text) => {
      said = `${said}${text}`.slice(-4_000);
    });
    child.stdin.end();
    const [code] = await once(child, 'close');
    this.#living.delete(child);
    if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${said.trim() || '(in silence)'}`);
  }

  #start({ script, args = [], env }: Omit<Position, 'name'>): ChildProcessWithoutNullStreams {
    if (this.#closed) throw new Error('the benchmark is ending');
    // In a process group of its own, so that Ctrl-C reaches only us, who end it in order.
    const child = spawn(process.execPath, [join(rootDir, script), ...args], {
      cwd: rootDir,
      env: { ...ownEnvironment(), ...env },
      detached: true,
    });
    this.#living.add(child);
    return child;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ends = [...this.#living].map((child) => once(child, 'exit'));
    this.#killAll();
    await Promise.all(ends);
    process.off('exit', this.#killAll);
  }

  readonly #killAll = (): void => {
    for (const child of this.#living) child.kill('SIGKILL');
  };
}

/** `ended` resolves when the process is gone, with an error for those who needed it. */
function listen(child: ChildProcessWithoutNullStreams, name: string) {
  let said = '';
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-4_000);
  });
  // Who writes to one that has just died hears of it by its end.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(
    () => new Error(`${name} ended by itself:\n${said.trim() || '(in silence)'}`),
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw await ended;
    return JSON.parse(value) as unknown;
  };
  return { nextLine, ended };
}

/** Without what somebody has set for a Siaran of their own. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(SIARAN_|QISCUS_|DATABASE_URL$|REDIS_URL$|LOG_LEVEL$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
