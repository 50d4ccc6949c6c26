import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { run as runSiaran } from '../cli/siaran.js';

export type Place = { cwd: string; env: Record<string, string> };
export type Ended = { code: number | null; stdout: string; output: string };

/** Runs commands, a line each, until one fails. What is nothing but `siaran` and its arguments needs no shell. */
export async function runCommands(text: string, place: Place): Promise<Ended> {
  const commands = text
    .trim()
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll(/ {2,}#.*$/gm, '')
    .split('\n');
  const plain = commands.map(argumentsOf);
  if (plain.some((args) => args === undefined)) return runProgram('bash', ['-euo', 'pipefail', '-c', text], place);
  let ended: Ended = { code: 0, stdout: '', output: '' };
  for (const args of plain as string[][]) {
    const { code, stdout, stderr } = await runSiaran(args, place);
    ended = { code, stdout: ended.stdout + stdout, output: `${ended.output}${stdout}${stderr}` };
    if (code !== 0) break;
  }
  return ended;
}

/** Undefined: it is another program, or a shell has to read it. */
function argumentsOf(command: string): string[] | undefined {
  const word = /\s*(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\|&;<>()]+))(?=\s|$)/y;
  const words: string[] = [];
  for (word.lastIndex = 0; word.lastIndex < command.trimEnd().length; ) {
    const match = word.exec(command);
    if (!match) return undefined;
    words.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return words[0] === 'siaran' ? words.slice(1) : undefined;
}

export async function runProgram(command: string, args: readonly string[], { cwd, env }: Place): Promise<Ended> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, output] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += String(text);
    output += String(text);
  });
  child.stderr.on('data', (text) => (output += String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, output };
}
