import type { Command } from 'commander';
import { plural, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran retry r7k2m0q9x          all failed batches of a run
  siaran retry r7k2m0q9x-0042     one batch`;

export function addRetryCommand(program: Command): void {
  program
    .command('retry')
    .argument('<id>', 'the id of a run, or of one of its batches')
    .description('deliver failed batches again: those that were certainly not sent')
    .option('--json', 'print one JSON document, {batches, recipients}')
    .addHelpText('after', examples)
    .action((id: string, flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const retried = await siaran.retry(id);
        if (flags.json) await printJson(retried);
        else if (retried.batches === 0) await print(`Nothing of ${id} has failed; nothing was done.`);
        else {
          const what = `${plural(retried.batches, 'batch', 'batches')} with ${plural(retried.recipients, 'recipient')}`;
          await print(`Delivering again: ${what}. See how it goes: siaran run ${runOf(id)} --watch`);
        }
      }),
    );
}

function runOf(id: string): string {
  return id.split('-', 1)[0] ?? id;
}
