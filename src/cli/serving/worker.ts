import type { Command } from 'commander';
import { exitCodes } from '../terminal/failure.js';
import { interruptible, untilInterrupted } from '../terminal/interrupt.js';
import { note, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran worker
  SIARAN_CONCURRENCY=8 SIARAN_RATE_LIMIT=5/1s siaran worker

Start as many as you like, on as many machines as you like. SIGTERM or Ctrl-C stops a worker: it finishes what it has begun and
takes nothing new. A second signal ends it at once: no recipient is lost, but a batch may become unknown.`;

/** Beyond what the workers' own stop allows a request that is under way, for closing connections. */
const closingMs = 15_000;

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('cut recipients into batches and deliver them until stopped')
    .option('--json', 'print one JSON document, {"worker"}, when it has started')
    .addHelpText('after', examples)
    .action((flags: { json?: true }) =>
      interruptible((stop) => work(stop, flags), { secondExitCode: exitCodes.failed }),
    );
}

async function work(stop: AbortSignal, flags: { json?: true }): Promise<void> {
  await withSiaran(
    async ({ ctx, siaran }) => {
      await siaran.work();
      if (flags.json) await printJson({ worker: ctx.worker });
      await untilInterrupted(stop);
      boundStop(ctx.config.requestTimeoutMs + closingMs);
    },
    { logLevel: 'info' },
  );
}

/** A service manager would kill what doesn't stop; better to say so before. */
function boundStop(limitMs: number): void {
  setTimeout(() => {
    note(`error: the worker did not stop within ${Math.round(limitMs / 1_000)} s; ending it at once.`);
    process.exit(exitCodes.failed);
  }, limitMs).unref();
}
