import type { Command } from 'commander';
import type { RunFilter } from '../../store/views/run-list.js';
import { countUpTo } from '../read-count.js';
import { describeRuns } from '../terminal/describe-run.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addRunFilter, runFilterOf } from './run-filter.js';

const examples = `
Examples:
  siaran runs
  siaran runs --limit 5 --json
  siaran runs --state held --name december
  siaran runs --kind broadcast --since 2026-12-01T09:00:00+07:00
  siaran runs --since 2026-12-01 --until 2026-12-07`;

export function addRunsCommand(program: Command): void {
  addRunFilter(program.command('runs').description('list the latest runs that fit, newest first'))
    .option('--limit <n>', 'at most so many, up to 1000', countUpTo('--limit', 1_000), 20)
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action((flags: RunFilter & { limit: number; json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const filter = runFilterOf(flags);
        const runs = await siaran.runs(flags.limit, filter);
        if (flags.json) return printJson(runs);
        const isFiltered = Object.values(filter).some((asked) => asked !== undefined);
        await print(runs.length > 0 ? describeRuns(runs) : isFiltered ? 'No run fits.' : 'No runs yet.');
      }),
    );
}
