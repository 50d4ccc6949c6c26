import { type Command, Option } from 'commander';
import { readMaxRejected } from '../../domain/recipients/max-rejected.js';
import { type ValuePolicy, valuePolicies } from '../../domain/recipients/value.js';
import {
  type RetryAfterFailureRequest,
  readRetryAfterFailure,
  readRetryText,
} from '../../domain/resending/retry-after-failure.js';
import { UsageError } from '../../errors.js';

/** The flags of `send` and `campaign add` that say which rows are sent, and which once more, as commander gives them. */
export type RowFlags = { values?: ValuePolicy; maxRejected?: string; retryAfterFailure?: RetryAfterFailureRequest };

export function addRowOptions(command: Command): Command {
  return command
    .addOption(valuesOption())
    .option(
      '--max-rejected <n>',
      'send nothing at all if more rows are rejected: a number of rows, or a share as 1%',
      checkMaxRejected,
    )
    .option(
      '--retry-after-failure <codes/after/times>',
      'send again by itself to those who failed with these codes, so long after the last start, so many times at most: 131026,131053/24h/2',
      readRetry,
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

function readRetry(text: string): RetryAfterFailureRequest {
  const request = readRetryText(text);
  const faults = request
    ? readRetryAfterFailure(request).faults
    : [`it is ${JSON.stringify(text.slice(0, 80))}; write codes, after and times, such as 131026,131053/24h/2.`];
  if (request && faults.length === 0) return request;
  throw new UsageError(
    faults.map((fault) => `--retry-after-failure: ${fault.replace(/^retryAfterFailure\.?/, '')}`).join('\n'),
  );
}
