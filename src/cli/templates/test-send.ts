import type { Command } from 'commander';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import { UsageError } from '../../errors.js';
import { requireTemplate } from '../../pipeline/templates/resolve-template.js';
import type { TestSendRequest, TestSent } from '../../pipeline/test-sends/test-send.js';
import { addColumnOptions, type ColumnFlags, fittingOf } from '../send/column-options.js';
import { defined, wholeNumber } from '../send/delivery-options.js';
import { readVariables } from '../send/message.js';
import { valuesOption } from '../send/row-options.js';
import { describeMessage } from '../terminal/describe-message.js';
import { exitCodes } from '../terminal/failure.js';
import { bold, green, print, printJson, red, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { readRow } from './preview.js';

const examples = `
The test takes the way of a broadcast, as a run of its own with nobody else in it. Where SIARAN_TEST_NUMBERS is set, nobody else
gets a test, and without --to all of them do.

Exit code 1 if Qiscus did not take it, or it hasn't gone out in time.

Examples:
  siaran test-send --template reminder:id --to 6281234567890 --variables "Ada,Rp. 30.000"
  siaran test-send december.csv --row 3 --template reminder:id --to 6281234567890`;

type Flags = ColumnFlags & {
  template: string;
  to?: string[];
  variables?: string[];
  row?: number;
  account?: string;
  channelId?: number;
  values?: ValuePolicy;
  wait?: string;
  json?: true;
};

export function addTestSendCommand(program: Command): void {
  const command = program
    .command('test-send')
    .argument('[file]', 'a list, of which --row is sent; - for standard input')
    .description('send a template to yourself')
    .requiredOption('--template <name>', "the template's name, as reminder, or reminder:id if it has several languages")
    .option('--to <numbers>', 'whom to, with commas between them (default: SIARAN_TEST_NUMBERS)', readNumbers)
    .option(
      '--variables <values>',
      "of the template's body, in order, separated by commas; or a JSON array",
      readVariables,
    )
    .option('--row <n>', 'which row of the file, the first is 1 (the default)', wholeNumber('--row'))
    .option('--account <name>', 'the Qiscus account that has the template (default: default)')
    .option('--channel-id <id>', "the WhatsApp channel's id at Qiscus", wholeNumber('--channel-id'))
    .addOption(valuesOption())
    .option('--wait <duration>', 'how long to wait for it to go out, as 1m (default: 30s)')
    .option('--json', 'print one JSON document, {runId, phoneNumbers, status, outcome, message}')
    .addHelpText('after', examples)
    .action(send);
  addColumnOptions(command);
}

function send(file: string | undefined, flags: Flags): Promise<void> {
  if (file === undefined && flags.row !== undefined) throw new UsageError('--row is of a file, which is missing.');
  if (file !== undefined && flags.variables !== undefined)
    throw new UsageError('Give a file with --row or --variables, not both.');
  const fitting = fittingOf(flags);
  const { template, to, variables, account, channelId, values, wait } = flags;
  return withSiaran(async ({ ctx, siaran }) => {
    const of = defined({ template, account, channelId }) as { template: string };
    const row =
      file === undefined
        ? undefined
        : (await readRow(await requireTemplate(ctx, of), { path: file, row: flags.row ?? 1, fitting })).row;
    const request = { ...of, ...defined({ phoneNumbers: to, variables, row, values, wait }) } as TestSendRequest;
    const sent = await siaran.testSend(request);
    await tellSent(sent, flags.json);
  });
}

/** What became of a test: the command failed unless it was handed over. */
export async function tellSent(sent: TestSent, json: true | undefined): Promise<void> {
  if (sent.outcome !== 'handed_over') process.exitCode = exitCodes.failed;
  await (json ? printJson(sent) : print(describeSent(sent)));
}

/** Phone numbers with commas between them. */
export function readNumbers(text: string): string[] {
  return text.split(',').map((number) => number.trim());
}

function describeSent({ runId, phoneNumbers, outcome, message }: TestSent): string {
  const told =
    outcome === null
      ? yellow('has not gone out so far')
      : outcome === 'handed_over'
        ? green('was handed over')
        : red(`did not go out (${outcome.replaceAll('_', ' ')})`);
  return `${describeMessage(message)}\nThe test to ${phoneNumbers.join(', ')} ${told}. Its run: ${bold(runId)}`;
}
