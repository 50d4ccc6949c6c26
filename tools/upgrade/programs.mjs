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

/** A process of a build that runs until it is stopped. Nothing but `stop` may end it. */
async function startProcess(build, env, log, args) {
  const output = createWriteStream(log);
  await once(output, 'open');
  const child = spawn(process.execPath, [mainOf(build), ...args], { env, stdio: ['ignore', output, output] });
  const ended = once(child, 'exit');
  const told = () => readFile(log, 'utf8');
  return {
    told,
    /** Gracefully, as a deployment does. */
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`siaran ${args[0]} ended with ${code}:\n${(await told()).slice(-3_000)}`);
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** A worker of a build. `sent` tells how many batches it has handed over, by its log. */
export async function startWorker(build, env, log) {
  const worker = await startProcess(build, env, log, ['worker']);
  return { ...worker, sent: async () => (await worker.told()).split('"outcome":"scheduled"').length - 1 };
}

/** `siaran admin` or `siaran callbacks` of a build, once it listens. */
export async function startServer(build, env, log, name) {
  const server = await startProcess(build, env, log, [name, '--port', '0', '--json']);
  const urlOf = (told) => /^{"url":"([^"]+)"/m.exec(told)?.[1];
  try {
    await until(`siaran ${name} to listen`, async () => urlOf(await server.told()) !== undefined);
    return { ...server, url: urlOf(await server.told()) };
  } catch (error) {
    server.kill();
    throw new Error(`${error.message}\n${(await server.told()).slice(-3_000)}`);
  }
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
