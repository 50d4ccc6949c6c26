import type { Command } from 'commander';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import type { StopView } from '../../store/stops.js';
import { describeJobs, describeShare } from '../terminal/describe-jobs.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { plural, print, printJson, red, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const stopExamples = `
From then on nothing is uploaded or sent, also of runs that are started and campaigns that fire later, until siaran go. What was handed
over can't be called back here: the command names the jobs that start later, which a person can cancel at Qiscus until they do.

Examples:
  siaran stop --all                  everything
  siaran stop --all --account acme   everything of one account
  siaran go --all                    lift the stop of everything
  siaran go --all --account acme     lift the stop of that account`;

type Flags = { all?: true; account?: string; json?: true };

export function addStopCommand(program: Command): void {
  program
    .command('stop')
    .description('stop everything at once, until siaran go: nothing more is handed over')
    .option('--all', 'every run and campaign, also those that come later')
    .option('--account <name>', 'with --all: only of this account')
    .option('--json', 'print one JSON document, {runs, campaigns, held, handedOver, startsLater, jobs}')
    .addHelpText('after', stopExamples)
    .action(stop);
}

export function addGoCommand(program: Command): void {
  program
    .command('go')
    .description('let go on what siaran stop has stopped, and nothing else')
    .option('--all', 'lift the stop of everything')
    .option('--account <name>', 'with --all: lift the stop of this account instead')
    .option('--json', 'print one JSON document, {lifted, standing}')
    .addHelpText('after', stopExamples)
    .action(go);
}

async function stop(flags: Flags): Promise<void> {
  requireAll('stop', flags);
  await withSiaran(async ({ siaran }) => {
    const stopped = await siaran.stopAll({ account: flags.account });
    if (flags.json) return printJson(stopped);
    const { runs, campaigns, held, handedOver, startsLater, jobs } = stopped;
    await print(
      red(
        `Stopped: ${plural(runs, 'run')} and ${plural(campaigns, 'campaign')}${flags.account ? ` of ${flags.account}` : ''}.`,
      ),
    );
    await print(`held         ${describeShare(held)}`);
    await print(`handed over  ${describeShare(handedOver)}, which can't be called back here`);
    if (startsLater.batches > 0) await print(`starts later ${describeShare(startsLater)}, of what is handed over`);
    if (jobs.length > 0) await print(describeJobs(jobs, { namesRuns: true, of: startsLater.batches }));
    await print(`Let it go on: ${goCommand(flags.account ?? null)}`);
  });
}

async function go(flags: Flags): Promise<void> {
  requireAll('go', flags);
  await withSiaran(async ({ siaran }) => {
    const done = await siaran.go({ account: flags.account });
    if (flags.json) return printJson(done);
    const what = flags.account === undefined ? 'Everything' : `Account ${flags.account}`;
    await print(
      done.lifted
        ? `${what} goes on. See what else needs you: siaran status`
        : `${what} was not stopped; nothing was done.`,
    );
    for (const standing of done.standing) await print(yellow(describeStop(inOneLine(standing))));
  });
}

/** A short word that stops everything is meant. */
function requireAll(command: string, { all }: Flags): void {
  if (!all)
    throw new UsageError(`Say that it is meant: siaran ${command} --all, or siaran ${command} --all --account NAME.`);
}

/** That a stop stands, and what lifts it. */
export function describeStop({ account, stoppedBy, stoppedAt }: StopView): string {
  const what = account === null ? 'Everything' : `Account ${account}`;
  return `${what} has been stopped since ${showInstant(stoppedAt)} by ${stoppedBy}: ${goCommand(account)}`;
}

function goCommand(account: string | null): string {
  return account === null ? 'siaran go --all' : `siaran go --all --account ${account}`;
}
