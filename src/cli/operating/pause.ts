import type { Command } from 'commander';
import type { Cancellation, Interruption } from '../../pipeline/operating/pause.js';
import { describeJobs, describeShare } from '../terminal/describe-jobs.js';
import { exitCodes } from '../terminal/failure.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addBulkOptions, type BulkFlags, bulk, isBulk } from './bulk.js';

const pauseExamples = `
Examples:
  siaran pause r7k2m0q9x
  siaran resume r7k2m0q9x`;

const cancelExamples = `
What is handed over can only be cancelled at Qiscus, before it starts: the command names these jobs and when they start. The exit
code is 1 if everything was handed over, so that nothing was cancelled.

Examples:
  siaran cancel r7k2m0q9x
  siaran cancel --state held --name reminder --dry-run
  siaran cancel --state held --name reminder`;

export function addPauseCommand(program: Command): void {
  program
    .command('pause')
    .argument('<run>')
    .description('pause a run: nothing more of it is handed over until siaran resume')
    .option('--json', 'print one JSON document, {handedOver, inFlight, held} in batches and recipients')
    .addHelpText('after', pauseExamples)
    .action((runId: string, flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => show(await siaran.pause(runId), 'held back', flags)),
    );
}

export function addCancelCommand(program: Command): void {
  const command = program
    .command('cancel')
    .argument('[run]', 'the id of a run; otherwise say which runs by options')
    .description('cancel for good what is not handed over to Qiscus of a run, or of all runs that fit')
    .option(
      '--json',
      'print one JSON document: {handedOver, inFlight, held} in batches and recipients, and jobs, [{broadcastJobId, batchId, startedAt, recipients}]; of runs that fit, what was done',
    )
    .addHelpText('after', cancelExamples);
  addBulkOptions(command).action((runId: string | undefined, flags: BulkFlags) =>
    isBulk(runId, flags) ? bulk('cancel', flags) : cancelRun(runId ?? '', flags),
  );
}

async function cancelRun(runId: string, flags: { json?: true }): Promise<void> {
  await withSiaran(async ({ siaran }) => {
    const cancelled = await siaran.cancel(runId);
    if (isTooLate(cancelled)) process.exitCode = exitCodes.failed;
    if (flags.json) return printJson(cancelled);
    await show(cancelled, 'cancelled', flags);
    if (cancelled.jobs.length === 0) return;
    const { timeZone } = await siaran.run(runId);
    await print(describeJobs(cancelled.jobs, { timeZone: timeZone ?? undefined }));
  });
}

/** All that the run had is handed over: nobody was cancelled. */
function isTooLate({ held, handedOver, inFlight }: Cancellation): boolean {
  return held.recipients === 0 && handedOver.recipients + inFlight.recipients > 0;
}

async function show(
  { handedOver, inFlight, held }: Interruption,
  heldWord: string,
  flags: { json?: true },
): Promise<void> {
  if (flags.json) return printJson({ handedOver, inFlight, held });
  await print(`handed over  ${describeShare(handedOver)}`);
  await print(`in flight    ${describeShare(inFlight)}`);
  await print(`${heldWord.padEnd(11)}  ${describeShare(held)}`);
}
