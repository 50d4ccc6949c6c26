import { type Ended, plain, root, type StartOptions, start } from '../support/program.js';
import { Host } from './host.js';

export { bin, type Running, root, type StartOptions, start } from '../support/program.js';

export type RunOptions = Omit<StartOptions, 'file'> & {
  /** By a process of its own, where how it starts or ends is what is tried. */
  alone?: boolean;
};

/** What Node, or the program, reads while it starts. */
const readAtStart = /^(NODE_|TZ$)/;

/** By what they were started with. They serve the test files of this process one after the other, and end with it. */
const idle = new Map<string, Host[]>();

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
  const { isClean, ...ended } = await host.run({ args, env: { ...plain, ...env }, cwd, input });
  if (isClean) alike.push(host);
  else await host.close();
  return ended;
}

/** The one JSON document on standard output of a command that has to succeed. */
export async function json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await run([...args, '--json'], options);
  if (code !== 0) throw new Error(`siaran ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

export async function until<T>(look: () => T | Promise<T>, what: string, limitMs = 90_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}
