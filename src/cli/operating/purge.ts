import type { Command } from 'commander';
import { formatDuration, parseDuration } from '../../domain/timing/duration.js';
import { UsageError } from '../../errors.js';
import { noteAudit } from '../../pipeline/audited.js';
import { listUnpurged, purge } from '../../pipeline/operating/purge.js';
import { Interrupted, interruptible } from '../terminal/interrupt.js';
import { count, plural, print, printJson } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran purge --older-than 90d
  siaran purge --older-than 90d --json     for a nightly job

It removes the phone numbers and values of runs that ended so long ago. It keeps the runs, their counts, every batch with its ids
and every attempt. A purged run takes no recipients, and can't be retried or exported. Runs that haven't ended or have an unknown
batch are not purged; the command names them. It can be stopped at any time: the same command continues.`;

type Flags = { olderThan: number; json?: true };

export function addPurgeCommand(program: Command): void {
  program
    .command('purge')
    .description('remove the phone numbers and values of runs that ended long ago')
    .requiredOption('--older-than <duration>', 'purge runs that ended at least this long ago, such as 90d', readAge)
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
      await noteAudit(ctx, { action: 'purge', detail: { olderThan: formatDuration(olderThan) } });
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
      await print(`Not purged: ${runId}  (it has not ended, or a batch is unknown: siaran run ${runId})`);
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
