import type { Command } from 'commander';
import { SiaranError, UsageError } from '../../errors.js';
import type { BulkCount, BulkRequest, BulkResult } from '../../pipeline/operating/bulk.js';
import type { BulkAction } from '../../store/views/bulk-runs.js';
import type { RunFilter } from '../../store/views/run-list.js';
import { addRunFilter, runFilterOf } from '../looking/run-filter.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { describeJobs, describeShare } from '../terminal/describe-jobs.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { Interrupted, interruptible } from '../terminal/interrupt.js';
import { note, plural, print, printJson, yellow } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import { withSiaran } from '../with-siaran.js';

export type BulkFlags = RunFilter & { all?: true; dryRun?: true; yes?: true; json?: true };

/** Lets a command be about all runs that fit. */
export function addBulkOptions(
  command: Command,
  { all = true, account }: { all?: boolean; account?: string } = {},
): Command {
  addRunFilter(command, account)
    .option('--dry-run', 'tell which runs fit, and change nothing')
    .option('--yes', 'do not ask');
  return all ? command.option('--all', 'every run, without a filter') : command;
}

/** Whether a command is about runs that fit, rather than about one. @throws {UsageError} when it is said to be about both. */
export function isBulk(id: string | undefined, flags: BulkFlags, about = 'a run'): boolean {
  const asked = Object.values(runFilterOf(flags)).some((value) => value !== undefined) || flags.all === true;
  if (id !== undefined && asked)
    throw new UsageError(`Name ${about}, or say which runs by --state, --name and others, not both.`);
  if (id === undefined && !asked)
    throw new UsageError(
      `Name ${about}, or say which runs by --state, --name, --account, --campaign, --kind, --since or --until, or --all.`,
    );
  if (id !== undefined && (flags.dryRun || flags.yes))
    throw new UsageError('--dry-run and --yes go with --state, --name and others that say which runs.');
  return asked;
}

const words: Record<BulkAction, { asks: (what: string) => string; done: string }> = {
  retry: { asks: (what) => `Deliver the failed batches of ${what} again?`, done: 'Delivered again' },
  resume: { asks: (what) => `Let ${what} go on?`, done: 'Resumed' },
  cancel: { asks: (what) => `Cancel, for good, what is not handed over of ${what}?`, done: 'Cancelled' },
};

/** Shows what fits, asks, and does to each run what the command for one run does. */
export async function bulk(action: BulkAction, flags: BulkFlags): Promise<void> {
  await interruptible((stop) =>
    withSiaran(async ({ siaran }) => {
      const request: BulkRequest = { action, filter: runFilterOf(flags), all: flags.all };
      const look = await siaran.bulk({ ...request, dryRun: true });
      if (flags.dryRun || look.found.runs === 0) return show(look, flags);
      await confirm(action, look.found, flags, stop);
      let through = 0;
      const shown = showProgress(() => ({
        fraction: through / look.found.runs,
        text: `${plural(through, 'run')} of ${plural(look.found.runs, 'run')}`,
      }));
      try {
        const onProgress = (count: number) => {
          through = count;
          if (stop.aborted && count < look.found.runs) throw stoppedAt(stop, count, look.found);
        };
        const result = await siaran.bulk({ ...request, expected: look.found }, { onProgress });
        shown.stop();
        await show(result, flags);
        if (result.refused.length > 0) process.exitCode = exitCodes.failed;
      } finally {
        shown.stop();
      }
    }),
  );
}

function stoppedAt({ reason }: AbortSignal, through: number, { runs }: BulkCount): unknown {
  const far = `${through} of ${plural(runs, 'run')} ${through === 1 ? 'is' : 'are'} through; the same command does the rest.`;
  return reason instanceof Interrupted ? new Interrupted(reason.signal, far) : reason;
}

async function confirm(action: BulkAction, found: BulkCount, flags: BulkFlags, stop: AbortSignal): Promise<void> {
  if (flags.yes) return;
  if (!canAsk)
    throw new UsageError(
      `${describe(found)} would be concerned, and nobody can be asked here. Look with --dry-run, then say --yes.`,
    );
  if (!(await askYesNo(words[action].asks(describe(found)), stop)))
    throw new SiaranError('NOT_MEANT', 'nothing was done, as the answer was not yes.');
}

async function show(result: BulkResult, flags: BulkFlags): Promise<void> {
  if (flags.json) return printJson(result);
  const { action, found, done, unchanged, refused } = result;
  if (found.runs === 0 || flags.dryRun) {
    const nothing = `No run fits in which there is anything to ${action}; nothing was done.`;
    await print(found.runs === 0 ? nothing : `Would ${action}: ${describe(found)}. Nothing was done.`);
    return showTooLate(result);
  }
  await print(`${words[action].done}: ${describe(done)}`);
  if (unchanged > 0) await print(`nothing to do any more: ${plural(unchanged, 'run')}`);
  for (const { code, reason, runs, runIds } of refused) {
    const more = runs > runIds.length ? ' and others' : '';
    note(yellow(`refused (${code}): ${plural(runs, 'run')}, ${runIds.join(', ')}${more}: ${inOneLine(reason)}`));
  }
  await showTooLate(result);
}

/** What Qiscus has of the runs that fit, and which jobs a person can still cancel there. Nothing, where it has nothing. */
async function showTooLate({ tooLate }: BulkResult): Promise<void> {
  if (!tooLate) return;
  const { handedOver, inFlight, startsLater, jobs } = tooLate;
  if (handedOver.batches > 0) await print(`handed over  ${describeShare(handedOver)}, which can't be called back here`);
  if (inFlight.batches > 0) await print(`in flight    ${describeShare(inFlight)}`);
  if (startsLater.batches > 0) await print(`starts later ${describeShare(startsLater)}, of what is handed over`);
  if (jobs.length > 0) await print(describeJobs(jobs, { namesRuns: true, most: jobs.length, of: startsLater.batches }));
}

function describe({ runs, recipients }: BulkCount): string {
  return `${plural(runs, 'run')} with ${plural(recipients, 'recipient')}`;
}
