import type { Command } from 'commander';
import { exportCsv } from '../../pipeline/views/export-csv.js';
import { exportRun } from '../../pipeline/views/export-run.js';
import { jsonArray, note, plural, printAll } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran export r7k2m0q9x > december.csv
  siaran export r7k2m0q9x --json`;

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .argument('<run>', "the run's id")
    .description("write a run's recipients as CSV, each with its values and what became of it")
    .option('--json', 'write one JSON array instead')
    .addHelpText('after', examples)
    .action((runId: string, flags: { json?: true }) =>
      withSiaran(async ({ ctx, siaran }) => {
        const { buffered } = (await siaran.run(runId)).recipients;
        if (flags.json) await printAll(jsonArray((await exportRun(ctx, runId)).pages));
        else await printAll(await exportCsv(ctx, runId, { masked: false }));
        if (buffered > 0) note(`${plural(buffered, 'recipient')} had not been put into a batch yet when this began.`);
      }),
    );
}
