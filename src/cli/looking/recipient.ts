import type { Command } from 'commander';
import { showInstant } from '../../domain/timing/show-instant.js';
import type { RecipientView } from '../../pipeline/views/find-recipient.js';
import type { Forgetting } from '../../store/forgotten.js';
import { bold, plural, print, printJson, red, table } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran recipient 6281234567890
  siaran recipient MY.2035200694071263
  siaran recipient 0812-3456-7890 --json     with SIARAN_DEFAULT_COUNTRY=ID`;

export function addRecipientCommand(program: Command): void {
  program
    .command('recipient')
    .argument('<number>', "a phone number, or a user id of WhatsApp's")
    .description('show what a phone number was sent in every run, and what became of it')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action((number: string, flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const recipient = await siaran.recipient(number);
        if (flags.json) await printJson(recipient);
        else await print(describeRecipient(recipient));
      }),
    );
}

function describeRecipient({ phoneNumber, suppressed, forgotten, runs }: RecipientView): string {
  const lines = [`${bold(phoneNumber)}  in ${plural(runs.length, 'run')}`];
  if (forgotten) lines.push(red(describeForgetting(forgotten)));
  else if (suppressed) lines.push(red('It is on the suppression list: it is never messaged again.'));
  const rows = runs.map((run) => [
    run.runId,
    run.name.length > 40 ? `${run.name.slice(0, 39)}…` : run.name,
    run.batchId ?? '-',
    run.status,
    run.startedAt === null ? '-' : showInstant(run.startedAt),
    run.deliveryStatus?.replaceAll('_', ' ') ?? '-',
    run.notes ?? '',
  ]);
  if (rows.length > 0) lines.push(table(['run', 'name', 'batch', 'status', 'starts', 'delivery', 'notes'], rows));
  return lines.join('\n');
}

function describeForgetting({ at, by, finishedAt }: Forgetting): string {
  const begun = `It was forgotten on ${showInstant(at)}, as ${by} asked, and is never messaged again.`;
  return finishedAt === null ? `${begun} That isn't complete: siaran forget has to be run again.` : begun;
}
