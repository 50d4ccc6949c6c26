import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bin, until } from './siaran.js';

type Typing = {
  env: Readonly<Record<string, string | undefined>>;
  /** Typed once the program has asked; empty: it asks nothing. */
  answer: string;
  /** What its question ends with. */
  question?: string;
};

/** Runs the program on a terminal of its own. */
export async function onTerminal(
  args: readonly string[],
  { env, answer, question = '[y/N]' }: Typing,
): Promise<{ code: number | null; seen: string }> {
  const command = [process.execPath, bin, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let seen = '';
  child.stdout.on('data', (text) => (seen += String(text)));
  const closed = once(child, 'close');
  if (answer !== '') {
    await until(() => seen.includes(question), 'the question');
    child.stdin.write(answer);
  }
  const [code] = await closed;
  return { code: code as number | null, seen };
}
