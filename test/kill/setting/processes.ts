import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a producer child reports: how its broadcast ended. */
export type Produced = { kind: 'done' } | { kind: 'failed'; code: string; message: string } | { kind: 'killed' };

export function isDone(produced: Produced): boolean {
  // A run that is sealed and whole is what a producer that was killed after its last step finds.
  return produced.kind === 'done' || (produced.kind === 'failed' && produced.code === 'RUN_COMPLETE');
}

/** What a process is hired for: an operator's program does one thing, and ends. */
export type Role = 'worker' | 'producer' | 'operator';

export type Child = {
  pid: number;
  /** Tells the warm process what to be. */
  begin(message: { role: Role; env: Record<string, string>; request?: object }): Promise<void>;
  produced: Promise<Produced>;
  gone: Promise<void>;
  isGone(): boolean;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
};

/** Where this repository begins, seen from the source as from the compiled file. */
export const rootDir = (() => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) return folder;
})();

/** Processes that have loaded everything and wait: one is taken, and the next one warms up meanwhile. */
export class Spares {
  readonly #ready: Promise<Child>[] = [];
  readonly #all = new Set<Child>();
  readonly #size: number;
  #closed = false;
  #dir: Promise<string> | undefined;
  #count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Where the children's logs are. */
  dir(): Promise<string> {
    this.#dir ??= mkdtemp(join(tmpdir(), 'siaran-kill-logs-'));
    return this.#dir;
  }

  async take(): Promise<Child> {
    this.#fill();
    const child = await (this.#ready.shift() ?? this.#spawn());
    this.#fill();
    return child;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#ready);
    await Promise.all([...this.#all].map((child) => child.kill()));
  }

  #fill(): void {
    while (!this.#closed && this.#ready.length < this.#size) {
      const spawned = this.#spawn();
      spawned.catch(() => {});
      this.#ready.push(spawned);
    }
  }

  async #spawn(): Promise<Child> {
    this.#count += 1;
    const log = openSync(join(await this.dir(), `${this.#count}.log`), 'w');
    const child = spawn(process.execPath, [join(rootDir, 'test', 'kill', 'setting', 'child.mjs')], {
      stdio: ['ignore', log, log, 'ipc'],
      cwd: rootDir,
    });
    closeSync(log);
    const wrapped = wrap(child);
    this.#all.add(wrapped);
    void wrapped.gone.then(() => this.#all.delete(wrapped));
    const [message] = (await Promise.race([once(child, 'message'), wrapped.gone.then(() => [undefined])])) as unknown[];
    if (message === undefined) throw new Error(`a child ended before it was ready; see ${await this.dir()}`);
    return wrapped;
  }
}

function wrap(child: ChildProcess): Child {
  const pid = child.pid ?? 0;
  let over = false;
  const gone = once(child, 'exit').then(() => {
    over = true;
  });
  const produced = new Promise<Produced>((resolve) => {
    child.on('message', (message: Produced | { kind: 'ready' | 'started' }) => {
      if (message.kind === 'done' || message.kind === 'failed') resolve(message);
    });
    void gone.then(() => resolve({ kind: 'killed' }));
  });
  const signal = (name: NodeJS.Signals) => {
    if (!over) child.kill(name);
  };
  return {
    pid,
    async begin(message) {
      child.send(message);
      await Promise.race([once(child, 'message'), gone]);
    },
    produced,
    gone,
    isGone: () => over,
    async kill() {
      signal('SIGKILL');
      await gone;
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}
