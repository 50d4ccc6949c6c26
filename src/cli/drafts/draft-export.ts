import { type Command, Option } from 'commander';
import { noteAudit } from '../../pipeline/audited.js';
import { type OddRows, oddRows, oddRowsCsv } from '../../pipeline/drafts/odd-rows.js';
import { interruptible } from '../terminal/interrupt.js';
import { jsonArray, printAll, printData } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Row 1 is the one below the heads. Rejected rows get no message. Doubtful rows are sent all the same; which they are is known once the list
is checked.

Examples:
  siaran draft export 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --rows rejected > rejected.csv
  siaran draft export 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --rows doubtful --json`;

export function addDraftExportCommand(draft: Command): void {
  draft
    .command('export')
    .argument('<id>', 'the id of a draft')
    .description(
      'write the rows that are rejected, or that look like a mistake, as CSV, with why and what stands in them',
    )
    .addOption(new Option('--rows <which>', 'which rows').choices(['rejected', 'doubtful']).makeOptionMandatory())
    .option('--json', 'write one JSON array of {row, reason, values} instead')
    .addHelpText('after', examples)
    .action((id: string, { rows: which, json }: { rows: OddRows; json?: true }) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          const note = () => noteAudit(ctx, { action: 'export', target: id, detail: { rows: which } });
          if (!json) {
            const csv = await oddRowsCsv(ctx, id, which, stop);
            await note();
            return printData(csv);
          }
          const { columns, pages } = await oddRows(ctx, id, which, stop);
          await note();
          await printAll(jsonArray(named(columns, pages)));
        }),
      ),
    );
}

/** Each row with its values by column, as JSON has them. */
async function* named(
  columns: readonly string[],
  pages: Awaited<ReturnType<typeof oddRows>>['pages'],
): AsyncGenerator<object[]> {
  for await (const page of pages)
    yield page.map(({ row, reason, values }) => ({
      ...{ row, reason },
      values: Object.fromEntries(columns.map((column, at) => [column, values[at] ?? ''])),
    }));
}
