import type { Command } from 'commander';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import { requireTemplate } from '../../pipeline/templates/resolve-template.js';
import { type Preview, previewOf, refuseColumns } from '../../pipeline/views/preview.js';
import { addColumnOptions, type ColumnFlags, fittingOf } from '../send/column-options.js';
import { wholeNumber } from '../send/delivery-options.js';
import { openInput, openRows, type ReadingOptions } from '../send/recipient-input.js';
import { valuesOption } from '../send/row-options.js';
import { describeMessage } from '../terminal/describe-message.js';
import { bold, note, print, printJson, yellow } from '../terminal/output.js';
import { type Opened, withSiaran } from '../with-siaran.js';

const examples = `
Rows are counted from 1, the header line and blank lines not. Nothing is sent.

Examples:
  siaran preview december.csv --template reminder:id
  siaran preview december.csv --template reminder:id --row 3 --json`;

type Flags = ColumnFlags & {
  template: string;
  row: number;
  account?: string;
  channelId?: number;
  values?: ValuePolicy;
  json?: true;
};

export function addPreviewCommand(program: Command): void {
  const command = program
    .command('preview')
    .argument('<file>', 'recipients as for siaran send; - for standard input')
    .description('show a row of a list as its recipient will see it')
    .requiredOption('--template <name>', "the template's name, as reminder, or reminder:id if it has several languages")
    .option('--row <n>', 'which row, the first is 1', wholeNumber('--row'), 1)
    .option('--account <name>', 'the Qiscus account that has the template (default: default)')
    .option('--channel-id <id>', "the WhatsApp channel's id at Qiscus", wholeNumber('--channel-id'))
    .addOption(valuesOption())
    .option('--json', 'print one JSON document, {phoneNumber, text, buttons} and others')
    .addHelpText('after', examples)
    .action(show);
  addColumnOptions(command);
}

function show(path: string, flags: Flags): Promise<void> {
  const fitting = fittingOf(flags);
  return withSiaran(async (session) => {
    const template = await requireTemplate(session.ctx, flags);
    const message = await previewRow(session, template, { path, row: flags.row, fitting, values: flags.values });
    if (isUnapproved(template))
      note(yellow(`Warning: ${labelOf(template)} is ${template.approval}, and can't be sent.`));
    if (flags.json) await printJson(message);
    else
      await print(`Row ${flags.row} to ${bold(message.phoneNumber)}, ${message.template}\n${describeMessage(message)}`);
  });
}

/** A row of a file. @throws {UsageError} when it has fewer rows, or the row can't be sent. */
export async function previewRow(
  session: Opened,
  template: Template,
  { values, ...asked }: { path: string; row: number; values?: ValuePolicy | undefined } & ReadingOptions,
): Promise<Preview> {
  const { columns, row } = await readRow(template, asked);
  return previewOf(session.ctx, template, columns, row, values, `Row ${asked.row} of ${asked.path}`);
}

/** Reads a file up to that row. @throws {UsageError} when its columns don't fit, or it has fewer rows. */
export async function readRow(
  template: Template,
  { path, row: wanted, ...reading }: { path: string; row: number } & ReadingOptions,
): Promise<{ columns: readonly string[]; row: unknown }> {
  if (wanted < 1) throw new UsageError('--row is 0; the first row is 1.');
  const input = await openInput(path);
  try {
    const { columns, rows } = await openRows(input, input.read(), reading);
    refuseColumns(template, columns);
    let place = 0;
    for await (const row of rows) {
      place += 1;
      if (place === wanted) return { columns, row };
    }
    throw new UsageError(`${input.name} has ${place} rows, and no row ${wanted}.`);
  } finally {
    await input.close();
  }
}
