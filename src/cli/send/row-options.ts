import { type Command, Option } from 'commander';
import { readMaxRejected } from '../../domain/recipients/max-rejected.js';
import { type ValuePolicy, valuePolicies } from '../../domain/recipients/value.js';
import { UsageError } from '../../errors.js';

/** The flags of `send` and `campaign add` that say which rows are taken, as commander gives them. */
export type RowFlags = { values?: ValuePolicy; maxRejected?: string };

export function addRowOptions(command: Command): Command {
  return command
    .addOption(valuesOption())
    .option(
      '--max-rejected <n>',
      'send nothing at all if more rows are rejected: a number of rows, or a share as 1%',
      checkMaxRejected,
    );
}

export function valuesOption(): Option {
  return new Option(
    '--values <how>',
    'values that WhatsApp refuses, as a line break: reject the row (the default), clean the value, or send it as it is',
  ).choices(valuePolicies);
}

function checkMaxRejected(text: string): string {
  if (readMaxRejected(text)) return text;
  throw new UsageError(
    `--max-rejected is ${JSON.stringify(text.slice(0, 40))}; write a number of rows, such as 100, or a share, such as 1%.`,
  );
}
