import type { Command } from 'commander';
import { parseDuration } from '../../domain/timing/duration.js';
import { UsageError } from '../../errors.js';
import { listUnpurged, purge } from '../../pipeline/operating/purge.js';
import { Interrupted, interruptible } from '../terminal/interrupt.js';
import { count, plural, print, printJson } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran purge --older-than 90d
  siaran purge --older-than 90d --json     for a nightly job

What goes: the phone numbers and values of runs that ended so long ago. What stays: the runs, their counts, every batch with
its ids, every attempt. A purged run takes no recipients, retries nothing and can't be exported. A run that hasn't ended, or has
an unknown batch, is left alone and named. It may be stopped at any time; the same command goes on where it stopped.`;

type Flags = { olderThan: number; json?: true };

export function addPurgeCommand(program: Command): void {
  program
    .command('purge')
    .description("remove recipients' numbers and values of runs that ended long ago")
    .requiredOption('--older-than <duration>', 'since when a run must have ended, such as 90d', readAge)
    .option('--json', 'print one JSON document, {"runs", "recipients", "left"}')
    .addHelpText('after', examples)
    .action((flags: Flags) => interruptible((stop) => runPurge(stop, flags)));
}

async function runPurge(stop: AbortSignal, { olderThan, json }: Flags): Promise<void> {
  await withSiaran(async ({ ctx }) => {
    const runs = new Set<string>();
    let recipients = 0;
    const shown = showProgress(() => ({ fraction: undefined, text: `${count(recipients)} recipients removed` }));
    try {
      for await (const slice of purge(ctx, olderThan)) {
        runs.add(slice.runId);
        recipients += slice.recipients;
        if (stop.aborted) throw stoppedAfter(stop, recipients);
      }
    } finally {
      shown.stop();
    }
    const left = await listUnpurged(ctx, olderThan);
    if (json) return printJson({ runs: [...runs], recipients, left });
    await print(`Removed the numbers and values of ${plural(recipients, 'recipient')} in ${plural(runs.size, 'run')}.`);
    for (const runId of left)
      await print(`Left alone: ${runId}  (not ended, or a batch is unknown: siaran run ${runId})`);
  });
}

function stoppedAfter(stop: AbortSignal, recipients: number): Interrupted {
  const { signal } = stop.reason as Interrupted;
  return new Interrupted(signal, `Stopped: ${plural(recipients, 'recipient')} removed. Run the same command to go on.`);
}

function readAge(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new UsageError(`--older-than is ${JSON.stringify(text)}; write a duration such as 90d or 12h.`);
}
