import type { Command } from 'commander';
import { showInstant } from '../../domain/timing/show-instant.js';
import { listSuppressed } from '../../pipeline/operating/suppress.js';
import type { SuppressionView } from '../../store/suppressions.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { interruptible } from '../terminal/interrupt.js';
import { count, jsonArray, plural, print, printAll, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { type ImportFlags, runImport } from './suppress-import.js';
import { addOptOutCommands } from './suppress-opt-outs.js';

const examples = `
A number on the list gets no message of any run, also of one that has it already, unless it was handed over to Qiscus before.

Examples:
  siaran suppress add 6281234567890 "0812-3456-7891" --reason "asked by phone"
  siaran suppress import opt-outs.csv
  siaran suppress list --json
  siaran suppress remove 6281234567890`;

const addExamples = `
Numbers are read as those of recipients are. If any of them is no phone number, nothing is added.

Examples:
  siaran suppress add 6281234567890
  siaran suppress add 6281234567890 6281234567891 --reason "asked by phone"`;

const removeExamples = `
Runs that have left a number out don't make up for it; runs that are still to reach it message it again.

Examples:
  siaran suppress remove 6281234567890`;

const listExamples = `
The numbers are shown in full.

Examples:
  siaran suppress list
  siaran suppress list --json > suppressed.json`;

const importExamples = `
The file is CSV or newline-delimited JSON with a column phone_number (others don't matter), or has one number a line. What
can't be read as a number is told with its row (the header line and blank lines not counted) and stops nothing; the exit code
is 1 only if that is all there is. The same file again changes nothing. A file with other columns of recipients, such as
customer_name, is asked about on a terminal, and needs --yes elsewhere: it may be the wrong one. What an import added can be undone.

Examples:
  siaran suppress import opt-outs.csv
  export-opt-outs | siaran suppress import -
  siaran suppress undo --import i3k9x0q2`;

export function addSuppressCommand(program: Command): void {
  const command = program
    .command('suppress')
    .description('manage the suppression list: numbers that no run messages')
    .addHelpText('after', examples);
  command
    .command('add')
    .argument('<number...>')
    .description('put numbers on the list')
    .option('--reason <text>', 'why; the list shows it')
    .option('--json', 'print one JSON document, {added, already}')
    .addHelpText('after', addExamples)
    .action((numbers: string[], { reason, json }: { reason?: string; json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const suppressed = await siaran.suppress(numbers, { ...(reason !== undefined && { reason }) });
        if (json) return printJson(suppressed);
        await print(`${plural(suppressed.added, 'number')} added, ${count(suppressed.already)} already there.`);
      }),
    );
  command
    .command('remove')
    .argument('<number...>')
    .description('take numbers off the list')
    .option('--json', 'print one JSON document, {removed, absent}')
    .addHelpText('after', removeExamples)
    .action((numbers: string[], { json }: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const unsuppressed = await siaran.unsuppress(numbers);
        if (json) return printJson(unsuppressed);
        await print(
          `${plural(unsuppressed.removed, 'number')} removed, ${count(unsuppressed.absent)} not on the list.`,
        );
      }),
    );
  command
    .command('list')
    .description('print the list, in the order of the numbers')
    .option('--json', 'print one JSON array of {phoneNumber, reason, source, addedAt}')
    .addHelpText('after', listExamples)
    .action(({ json }: { json?: true }) =>
      withSiaran(({ ctx }) => {
        const pages = listSuppressed(ctx);
        return printAll(json ? jsonArray(pages) : describeList(pages));
      }),
    );
  command
    .command('import')
    .argument('<file>', 'numbers as CSV, newline-delimited JSON or one a line, in UTF-8; - for standard input')
    .description('put the numbers of a file on the list')
    .option('--yes', "don't ask about a file that looks like a list of recipients")
    .option('--json', 'print one JSON document, {added, already, rejected, rejections: [{position, reason}], importId}')
    .addHelpText('after', importExamples)
    .action((path: string, flags: ImportFlags) =>
      interruptible((stop) => withSiaran((session) => runImport(session, path, stop, flags))),
    );
  addOptOutCommands(command);
}

async function* describeList(pages: AsyncIterable<SuppressionView[]>): AsyncGenerator<string> {
  let none = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    none = false;
    yield `${page.map(describeEntry).join('\n')}\n`;
  }
  if (none) yield 'No number is suppressed.\n';
}

function describeEntry({ phoneNumber, reason, source, addedAt }: SuppressionView): string {
  return [
    phoneNumber.padEnd(15),
    showInstant(addedAt).padEnd(29),
    source.replaceAll('_', ' ').padEnd(8),
    inOneLine(reason),
  ].join('  ');
}
