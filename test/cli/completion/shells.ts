import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../siaran.js';

const ended = promisify(execFile);

/** Whether this machine has a program. */
export async function has(program: string): Promise<boolean> {
  return ended('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

/** In the shell that is asked, `siaran` writes its words into this file. */
const recording = `siaran() { printf '<%s>' "$@" >> words; echo >> words; }`;

const shells = {
  // M-* puts all that could be meant into the line.
  bash: { command: 'bash --norc --noprofile -i', load: 'source ./script', all: '\x1b*' },
  zsh: {
    command: 'zsh -f -i',
    load: [
      'autoload -Uz compinit && compinit -D -u; source ./script',
      'zle -C all-matches complete-word _generic; bindkey "^Xa" all-matches',
      "zstyle ':completion:all-matches::::' completer _all_matches _complete; zstyle ':completion:all-matches:*' insert true",
    ].join('; '),
    all: '\x18a',
  },
};

/**
 * Starts a shell on a terminal of its own, with the script loaded, and types for it. `completed` answers with the words of a line
 * after a tab, `offered` with all that may stand behind it.
 */
export async function openShell(name: keyof typeof shells, folder: string, script: string) {
  const { command, load, all } = shells[name];
  await writeFile(join(folder, 'script'), script);
  await writeFile(join(folder, 'words'), '');
  const shell: ChildProcess = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const lines = async () => (await readFile(join(folder, 'words'), 'utf8')).split('\n').slice(0, -1);
  let asked = 0;
  const typed = async (keys: string): Promise<string[]> => {
    asked += 1;
    shell.stdin?.write(`${keys}\r`);
    const line = await until(async () => (await lines())[asked - 1], `${name} to run ${JSON.stringify(keys)}`);
    return [...line.matchAll(/<([^>]*)>/g)].map(([, word = '']) => word);
  };
  await typed(`${recording}; ${load}; siaran ready`);
  return {
    completed: (line: string) => typed(`siaran ${line}\t`),
    offered: async (line: string) => (await typed(`siaran ${line}${all}`)).sort(),
    async close() {
      shell.stdin?.end('\x15exit\r');
      await new Promise((resolve) => (shell.exitCode === null ? shell.once('exit', resolve) : resolve(undefined)));
    },
  };
}

/** What fish offers for a line, as it tells itself: no terminal is needed. */
export async function fishOffers(folder: string, script: string, lines: readonly string[]): Promise<string[][]> {
  await writeFile(join(folder, 'script.fish'), script);
  const asks = lines.map((line) => `complete -C ${JSON.stringify(`siaran ${line}`)}; echo =`);
  const { stdout } = await ended('fish', ['--no-config', '-c', `source script.fish; ${asks.join('; ')}`], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
  });
  return stdout
    .split('=\n')
    .slice(0, -1)
    .map((part) => part.split('\n').filter((row) => row !== ''));
}
