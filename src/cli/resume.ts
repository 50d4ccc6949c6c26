import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import { print, printJson } from './output.js';
import { withSession } from './session.js';

const examples = `
Examples:
  siaran doctor           why accounts are held
  siaran resume --all`;

export function addResumeCommand(program: Command): void {
  program
    .command('resume')
    .argument('[run]', 'not possible yet')
    .description('let every account send again that is held, after you have seen why')
    .option('--all', 'all accounts')
    .option('--json', 'print one JSON array of the holds that were lifted')
    .addHelpText('after', examples)
    .action(resume);
}

async function resume(runId: string | undefined, flags: { all?: true; json?: true }): Promise<void> {
  if (runId !== undefined || !flags.all)
    throw new UsageError(
      "A single run can't be paused or resumed yet. To let held accounts send again: siaran resume --all",
    );
  await withSession(async ({ siaran }) => {
    const lifted = await siaran.resumeAll();
    if (flags.json) return printJson(lifted);
    if (lifted.length === 0) return print('No account is held; nothing was done.');
    for (const hold of lifted) await print(`Lifted: ${hold.account} was held since ${hold.heldAt}: ${hold.reason}`);
  });
}
