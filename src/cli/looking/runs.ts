import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { describeRuns } from '../terminal/describe-run.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran runs
  siaran runs --limit 5 --json`;

export function addRunsCommand(program: Command): void {
  program
    .command('runs')
    .description('list the latest runs, newest first')
    .option('--limit <n>', 'at most so many, up to 1000', readLimit, 20)
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action((flags: { limit: number; json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const runs = await siaran.runs(flags.limit);
        if (flags.json) await printJson(runs);
        else await print(runs.length === 0 ? 'No runs yet.' : describeRuns(runs));
      }),
    );
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new UsageError(`--limit is ${JSON.stringify(text)}; write a whole number from 1 to 1000.`);
}
