import type { Command } from 'commander';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import type { Siaran } from '../../library/siaran.js';
import { runFilterOf } from '../looking/run-filter.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { print, printJson, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addBulkOptions, type BulkFlags, bulk, isBulk } from './bulk.js';
import { describeStop } from './stop.js';

const examples = `
Examples:
  siaran resume r7k2m0q9x           a run that was paused
  siaran resume --state paused --campaign reminder
                                    every run of it that is paused or held
  siaran doctor                     why accounts are held
  siaran resume --account acme      let this account send again
  siaran resume --all               lift the holds of all accounts; it names them
  siaran resume --all --ledger-went-back
                                    after LEDGER_WENT_BACK: sends that Postgres lost become unknown batches`;

type Flags = Omit<BulkFlags, 'account'> & { account?: string; ledgerWentBack?: true };

export function addResumeCommand(program: Command): void {
  const command = program
    .command('resume')
    .argument('[run]', 'the id of a run that is paused or held')
    .description(
      'resume a run that is paused or held, or all that fit; or, with --account alone, lift the hold of an account',
    )
    .option('--all', 'lift the holds of all accounts, once you know why they are held')
    .option('--ledger-went-back', 'with --all: you know that Postgres was restored to an older state')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples);
  addBulkOptions(command, {
    all: false,
    account: 'of this account; alone, lift the hold of the account, once you know why it is held',
  }).action(resume);
}

async function resume(runId: string | undefined, flags: Flags): Promise<void> {
  if (isAboutRuns(flags)) {
    if (flags.all || flags.ledgerWentBack)
      throw new UsageError('--all lifts the holds of accounts: it goes with no option that says which runs.');
    if (isBulk(runId, flags)) return bulk('resume', flags);
  }
  const named = [runId, flags.account, flags.all].filter((each) => each !== undefined);
  if (named.length !== 1) throw new UsageError('Name either a run or --all, or an account by --account NAME.');
  if (flags.ledgerWentBack && !flags.all) throw new UsageError('--ledger-went-back goes with --all.');
  await withSiaran(async ({ siaran }) => {
    if (runId !== undefined) await resumeRun(siaran, runId, flags);
    else if (flags.ledgerWentBack) await repairLedger(siaran, flags);
    else await resumeAccounts(siaran, flags);
  });
}

/** `--account` alone, and `--all`, are about holds of accounts. */
function isAboutRuns({ account: _, ...flags }: Flags): boolean {
  return (
    Object.values(runFilterOf(flags)).some((asked) => asked !== undefined) ||
    flags.dryRun === true ||
    flags.yes === true
  );
}

async function resumeRun(siaran: Siaran, runId: string, flags: Flags): Promise<void> {
  await siaran.resume(runId);
  if (flags.json) return printJson({ runId });
  await print(`Run ${runId} goes on. See how it goes: siaran run ${runId} --watch`);
}

async function resumeAccounts(siaran: Siaran, flags: Flags): Promise<void> {
  const { account } = flags;
  const lifted = await (account === undefined ? siaran.resumeAll() : siaran.resumeAccount(account));
  if (flags.json) return printJson(lifted);
  const stops = (await siaran.stops()).filter(
    (stop) => stop.account === null || (account ?? stop.account) === stop.account,
  );
  for (const stop of stops) await print(yellow(describeStop(inOneLine(stop))));
  if (lifted.length === 0)
    return print(
      `${account ?? 'No account'} is ${account === undefined ? '' : 'not '}held${stops.length > 0 ? ' otherwise' : ''}; nothing was done.`,
    );
  for (const hold of lifted)
    await print(`Lifted: ${hold.account} was held since ${showInstant(hold.heldAt)}: ${inOneLine(hold.reason)}`);
  const accounts = [...new Set(lifted.map((hold) => hold.account))];
  await print(`May send again: ${accounts.join(', ')}`);
}

async function repairLedger(siaran: Siaran, flags: Flags): Promise<void> {
  const repaired = await siaran.repairLedger();
  if (flags.json) return printJson(repaired);
  const { unknownBatches, emptyBatches, lostBatches, skippedFirings, stoppedRetries, lostRuns } = repaired;
  for (const batchId of unknownBatches)
    await print(`unknown: ${batchId}  (look it up at Qiscus, then: siaran resolve ${batchId} …)`);
  for (const batchId of emptyBatches)
    await print(
      `lost: the recipients of ${batchId}  (its run takes no more recipients, as they could be messaged twice)`,
    );
  for (const batchId of lostBatches)
    await print(`lost: ${batchId}  (Postgres does not have it; look it up at Qiscus by this id)`);
  for (const { campaign, at } of skippedFirings)
    await print(
      `skipped: ${campaign} at ${showInstant(at)}  (maybe it was sent; if Qiscus has none: siaran campaign fire "${campaign}")`,
    );
  for (const runId of stoppedRetries)
    await print(
      `stopped: run ${runId} is not sent again by itself  (maybe it was; if Qiscus has none: siaran resend ${runId} --failed)`,
    );
  for (const runId of lostRuns)
    await print(`lost: run ${runId}  (rows of it wait in Redis; start it and enqueue its recipients anew)`);
  await print('Every account may send again.');
}
