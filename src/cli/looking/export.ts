import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { noteAudit } from '../../pipeline/audited.js';
import { exportCsv } from '../../pipeline/views/export-csv.js';
import { type ExportFilter, exportRun, messageFates } from '../../pipeline/views/export-run.js';
import { readCodesOrNone } from '../read-codes.js';
import { jsonArray, note, plural, printAll, printData } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran export r7k2m0q9x > december.csv
  siaran export r7k2m0q9x --status failed --code 131026,131049 > not-reached.csv
  siaran export r7k2m0q9x --json`;

type Flags = { json?: true; status?: ExportFilter['statuses']; code?: ExportFilter['codes'] };

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .argument('<run>', "the run's id")
    .description("write a run's recipients as CSV, each with its values and what became of it")
    .option('--status <list>', `only those whose message is one of: ${messageFates.join(', ')}`, readStatuses)
    .option(
      '--code <list>',
      "only those whose message failed with one of these of WhatsApp's codes, or none for no code",
      readCodesOrNone('--code'),
    )
    .option('--json', 'write one JSON array instead')
    .addHelpText('after', examples)
    .action((runId: string, { status: statuses, code: codes, ...flags }: Flags) =>
      withSiaran(async ({ ctx, siaran }) => {
        const { buffered } = (await siaran.run(runId)).recipients;
        await noteAudit(ctx, { action: 'export', target: runId, detail: { statuses, codes } });
        if (flags.json) await printAll(jsonArray((await exportRun(ctx, runId, { statuses, codes })).pages));
        else await printData(await exportCsv(ctx, runId, { statuses, codes }));
        if (buffered > 0) note(`${plural(buffered, 'recipient')} had not been put into a batch yet when this began.`);
      }),
    );
}

function readStatuses(text: string): NonNullable<ExportFilter['statuses']> {
  return text.split(',').map((word) => {
    const status = messageFates.find((known) => known === word.trim().toLowerCase());
    if (status) return status;
    throw new UsageError(`--status has ${JSON.stringify(word.slice(0, 40))}; write ${messageFates.join(', ')}.`);
  });
}
