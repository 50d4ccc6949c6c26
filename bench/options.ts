import { parseArgs } from 'node:util';
import { UsageError } from '../src/errors.js';

export type Options = {
  only: readonly string[];
  recipients: readonly number[];
  rounds: number;
  large: boolean;
  /** Small sizes, once each: for what is checked, not for the figures. */
  quick: boolean;
  json: boolean;
};

export const largest = 10_000_000;

/** @throws {UsageError} that says what is wrong with the arguments, and what would be right. */
export function readOptions(args: readonly string[], caseNames: readonly string[]): Options | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const quick = values.quick ?? false;
  const others = (['recipients', 'rounds', 'large', 'json'] as const).filter((name) => values[name] !== undefined);
  if (quick && others.length > 0)
    throw new UsageError(`--quick goes without --${others.join(', --')}: it gives no figures.`);
  return {
    quick,
    only: values.only === undefined ? caseNames : readOnly(values.only, caseNames),
    recipients: (quick ? '2000' : (values.recipients ?? '100000,1000000')).split(',').map(readRecipients),
    rounds: readRounds(quick ? '1' : (values.rounds ?? '5')),
    large: values.large ?? false,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        recipients: { type: 'string' },
        rounds: { type: 'string' },
        large: { type: 'boolean' },
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}\nSee npm run bench -- --help`);
  }
}

function readOnly(text: string, caseNames: readonly string[]): string[] {
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !caseNames.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      `--only: there is no case ${unknown.map((name) => JSON.stringify(name)).join(', ')}; there are ${caseNames.join(', ')}.`,
    );
  return caseNames.filter((name) => wanted.includes(name));
}

function readRecipients(text: string): number {
  const count = Number(text.trim().replaceAll('_', ''));
  if (Number.isInteger(count) && count >= 1_000 && count <= largest) return count;
  throw new UsageError(
    `--recipients: ${JSON.stringify(text)} is not a whole number from 1000 to ${largest}; write for example 20000,100000.`,
  );
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 100) return rounds;
  throw new UsageError(`--rounds: ${JSON.stringify(text)} is not a whole number from 1 to 100.`);
}

export function helpText(cases: readonly { name: string; describe: string }[]): string {
  return `Usage: npm run --silent bench -- [options]

Measures Siaran beside other ways of doing the same, on a Postgres (fsync on) and a Redis (append-only file) of its own.
Contenders take turns, round by round. Tables go to standard output, progress to standard error.

Cases:
${cases.map(({ name, describe }) => `  ${name.padEnd(12)} ${describe}`).join('\n')}

Options:
  --only NAMES        only these cases, separated by commas
  --recipients LIST   sizes of enqueue and end-to-end, separated by commas (default: 100000,1000000)
  --rounds N          how often each measurement is made (default: 5)
  --large             growth goes up to ${largest.toLocaleString('en')} recipients, which are measured once
  --quick             small sizes and one round, under two minutes: checks that each case still works; no figures
  --json              print one JSON document with every measurement instead of tables
  --help              print this

Examples:
  npm run bench
  npm run --silent bench -- --only enqueue,end-to-end --recipients 20000 --rounds 3
  npm run --silent bench -- --only growth --large --json > growth.json
  npm run --silent bench -- --quick

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 after Ctrl-C.
`;
}
