// The built program, loaded once, for commands that follow one another: to load it takes longer than most commands do.
// Each has its own environment, folder, standard input and exit code. After one that leaves something open, the next one
// gets another process.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const { runProgram } = await import('../../dist/program/program.js');

/** How long what a command has begun may take to end, once its exit code stands. */
const leavingMs = 200;
const pipeBytes = 65_536;

/** Of each command, what ends it: a timer that one has left must not end the next. */
const exits = new AsyncLocalStorage();
const end = process.exit.bind(process);
process.exit = (code) => exits.getStore()?.(code);

process.on('disconnect', () => end());
process.on('message', async (message) => {
  if (message === 'end') return end();
  const { args, env, cwd, input, mark } = message;
  const openBefore = open();
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  Object.defineProperty(process, 'stdin', { value: Readable.from(pieces(Buffer.from(input))), configurable: true });

  const exited = new Promise((exit) => {
    exits.run(exit, async () => {
      await runProgram(args);
      await untilNoMoreIsOpen(openBefore);
      exit();
    });
  });
  const code = (await exited) ?? process.exitCode ?? 0;
  await Promise.race([untilNoMoreIsOpen(openBefore), sleep(leavingMs, undefined, { ref: false })]);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    await new Promise((said) => stream.write(mark, said));
  }
  process.send({ code, isClean: open() <= openBefore });
});
// Opened when they are first used, they would look like something that the first command has left open.
for (const stream of [process.stdout, process.stderr]) stream.write('');
process.send('ready');

/** How much is open that keeps a process alive. */
function open() {
  return process.getActiveResourcesInfo().length;
}

async function untilNoMoreIsOpen(before) {
  while (open() > before) await sleep(5, undefined, { ref: false });
}

function* pieces(bytes) {
  for (let from = 0; from < bytes.length; from += pipeBytes) yield bytes.subarray(from, from + pipeBytes);
}
