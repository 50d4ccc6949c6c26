import { createInterface } from 'node:readline/promises';
import { forTerminal } from './output.js';

/** Whether a person at a terminal can be asked, and sees the question. */
export const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on standard error; only `y` or `yes` says yes. Ctrl-D says no. @param stop interrupts the question. */
export async function askYesNo(question: string, stop: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await askText(`${question} [y/N]`, stop));
}

/** Asks on standard error for a text. Ctrl-D gives an empty one. @param stop interrupts the question. */
export async function askText(question: string, stop: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // readline catches Ctrl-C; the process gets its signal all the same.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    return (await Promise.race([terminal.question(forTerminal(`${question} `), { signal: stop }), closed])).trim();
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    throw error;
  } finally {
    terminal.close();
  }
}
