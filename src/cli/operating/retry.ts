import type { Command } from 'commander';
import { plural, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addBulkOptions, type BulkFlags, bulk, isBulk } from './bulk.js';

const examples = `
Examples:
  siaran retry r7k2m0q9x          all failed batches of a run
  siaran retry r7k2m0q9x-0042     one batch
  siaran retry --campaign reminder --since 2026-12-01T00:00:00+07:00`;

export function addRetryCommand(program: Command): void {
  const command = program
    .command('retry')
    .argument('[id]', 'the id of a run, or of one of its batches; otherwise say which runs by options')
    .description(
      'deliver failed batches again: those that were certainly not sent; of a run, of a batch, or of all runs that fit',
    )
    .option('--json', 'print one JSON document, {batches, recipients}; of runs that fit, what was done')
    .addHelpText('after', examples);
  addBulkOptions(command).action((id: string | undefined, flags: BulkFlags) =>
    isBulk(id, flags, 'a run or batch') ? bulk('retry', flags) : retryOne(id ?? '', flags),
  );
}

async function retryOne(id: string, flags: { json?: true }): Promise<void> {
  await withSiaran(async ({ siaran }) => {
    const retried = await siaran.retry(id);
    if (flags.json) return printJson(retried);
    if (retried.batches === 0) return print(`Nothing of ${id} has failed; nothing was done.`);
    const what = `${plural(retried.batches, 'batch', 'batches')} with ${plural(retried.recipients, 'recipient')}`;
    await print(`Delivering again: ${what}. See how it goes: siaran run ${runOf(id)} --watch`);
  });
}

function runOf(id: string): string {
  return id.split('-', 1)[0] ?? id;
}
