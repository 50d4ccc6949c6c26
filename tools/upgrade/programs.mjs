import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../package/run.mjs';

const mainOf = (build) => join(build, 'dist', 'program', 'main.js');
const program = fileURLToPath(new URL('program.mjs', import.meta.url));

/** Runs a command of a build. Returns its document. */
export async function command(build, env, args) {
  const { stdout } = await run(process.execPath, [mainOf(build), ...args, '--json'], { env });
  return JSON.parse(stdout);
}

/** A worker of a build, as a process of its own. Nothing but `stop` may end it. */
export async function startWorker(build, env, log) {
  const output = createWriteStream(log);
  await once(output, 'open');
  const child = spawn(process.execPath, [mainOf(build), 'worker'], { env, stdio: ['ignore', output, output] });
  const ended = once(child, 'exit');
  return {
    /** So many batches has it handed over, by its log. */
    sent: async () => (await readFile(log, 'utf8')).split('"outcome":"scheduled"').length - 1,
    /** Gracefully, as a deployment does. */
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`A worker ended with ${code}:\n${(await readFile(log, 'utf8')).slice(-3_000)}`);
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** A program that uses a build's library. Each method of it can be called, as if it were here. */
export async function startProgram(build, env) {
  const child = fork(program, [build], { env });
  const waiting = new Map();
  let calls = 0;
  const said = (word) =>
    new Promise((resolve, reject) => {
      child.on('message', (message) => message === word && resolve());
      child.once('exit', (code, signal) => reject(new Error(`A program ended with ${signal ?? code}.`)));
    });
  const atPause = said('waiting');
  atPause.catch(() => {});
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    if (error === undefined) resolve?.(answer);
    else reject(new Error(error));
  });
  await said('ready');
  return {
    /** Never answered if the program is killed meanwhile. */
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        calls += 1;
        waiting.set(calls, { resolve, reject });
        child.send({ id: calls, call: name, args });
      }),
    /** Resolves when it has handed over what it may, and waits with the rest. */
    atPause,
    goOn: () => child.send({ call: 'go on' }),
    kill: () => child.kill('SIGKILL'),
  };
}

/** @throws an error that says what was waited for. */
export async function until(what, look, limitMs = 180_000) {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(100)) if (await look()) return;
  throw new Error(`Waited in vain for ${what}.`);
}
