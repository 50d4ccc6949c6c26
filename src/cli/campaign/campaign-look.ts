import type { Command } from 'commander';
import { ignoreFlag, mapFlag } from '../../domain/columns/column-map-text.js';
import { inWordsOfList } from '../../domain/drafts/in-words-of-list.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import { type LookedAudience, lookAtAudience } from '../../pipeline/lists/look-at-audience.js';
import type { RowGroup } from '../../pipeline/lists/survey-rows.js';
import { addColumnOptions, type ColumnFlags, fittingRequestOf } from '../send/column-options.js';
import { defined, wholeNumber } from '../send/delivery-options.js';
import { valuesOption } from '../send/row-options.js';
import { describeMessage } from '../terminal/describe-message.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { interruptible, unlessInterrupted } from '../terminal/interrupt.js';
import { bold, count, plural, print, printJson, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
The audience's columns are matched to the template's by name, or as --map says; what they come to is told as the flags of campaign add. The
first 10,000 rows are read, or all with --all. Nothing is sent, and nothing is kept.

The exit code is 1 if a column is missing, or nobody would be messaged.

Examples:
  siaran campaign look --audience named:customers --template reminder:id
  siaran campaign look --audience named:customers --template reminder:id --map "Nama=body_variable1" --all --row 3 --json`;

type Flags = ColumnFlags & {
  audience: string;
  template: string;
  account?: string;
  channelId?: number;
  values?: ValuePolicy;
  all?: true;
  row: number;
  json?: true;
};

/** So many rows are read unless all are asked for. */
const firstRows = 10_000;

export function addCampaignLookCommand(campaign: Command): void {
  const command = campaign
    .command('look')
    .description('look at an audience beside a template, before a campaign has both')
    .requiredOption('--audience <audience>', 'file:PATH, sql:QUERY or named:NAME')
    .requiredOption('--template <name>', "the template's name, as reminder, or reminder:id if it has several languages")
    .option('--account <name>', 'the Qiscus account that has the template (default: default)')
    .option('--channel-id <id>', "the WhatsApp channel's id at Qiscus", wholeNumber('--channel-id'))
    .addOption(valuesOption())
    .option('--all', 'read all rows')
    .option('--row <n>', 'which row is shown, the first is 1', wholeNumber('--row'), 1)
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(({ all, row, json, ...flags }: Flags) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          const { audience, template, account, channelId, values } = flags;
          const asked = { audience, template, ...defined({ account, channelId, values }), ...fittingRequestOf(flags) };
          const request = { ...asked, mostRows: all ? null : firstRows, row };
          const looked = await unlessInterrupted(stop, lookAtAudience(ctx, request, stop));
          if (looked.survey === null || looked.survey.people === 0) process.exitCode = exitCodes.failed;
          await (json ? printJson(looked) : print(describeLook(looked)));
        }),
      ),
    );
  addColumnOptions(command);
}

function describeLook(looked: LookedAudience): string {
  const { template, mapping, missing, map, ignoreColumns, survey, cost, costText, preview } = looked;
  const pairs = Object.entries(mapping).flatMap(([column, head]) => (head === null ? [] : [`${column} ← ${head}`]));
  const flags = [
    ...(Object.keys(map).length > 0 ? [mapFlag(Object.entries(map))] : []),
    ...(ignoreColumns.length > 0 ? [ignoreFlag(ignoreColumns)] : []),
  ];
  const groups = (name: string, list: readonly RowGroup[] = []): [string, string][] =>
    list.map(({ reason, count: rows, rows: [first] }) => [
      name,
      yellow(`${count(rows)}: ${inWordsOfList(reason, mapping)} (row ${first}${rows > 1 ? ' and others' : ''})`),
    ]);
  const lines: [string, string][] = [
    ['columns', inOneLine(pairs.join(', '))],
    ['missing', missing.length === 0 ? '' : yellow(`${missing.join(', ')}: name their columns with --map`)],
    ['flags', inOneLine(flags.join(' '))],
    [
      'people',
      survey === null
        ? ''
        : `${count(survey.people)} of ${survey.isWhole ? '' : 'the first '}${plural(survey.rows, 'row')} · ${count(survey.duplicates)} duplicates · ${count(survey.suppressed)} suppressed`,
    ],
    ['cost', cost === null ? '' : costText],
    ...groups('rejected', survey?.rejected),
    ...groups('doubtful', survey?.doubtful),
    ['no message', preview?.leftOut ? yellow(inWordsOfList(preview.leftOut, mapping)) : ''],
  ];
  const shown = lines.filter(([, text]) => text !== '').map(([head, text]) => `  ${head.padEnd(10)}  ${text}`);
  const message = preview?.message ? [`Row ${preview.row}`, describeMessage(preview.message)] : [];
  return [bold(template), ...shown, ...message].join('\n');
}
