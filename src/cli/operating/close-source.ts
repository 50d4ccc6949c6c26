import type { Command } from 'commander';
import { count, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Use it if a producer died and won't be started again: \`siaran run RUN\` shows its source under "not closed". The rows that it has
enqueued go out, and the run no longer waits for more. If the producer is alive after all, its next push fails with INTAKE_LOST.
If the same recipients can be enqueued again under the same source, do that instead: it completes them.

Examples:
  siaran close-source r7k2m0q9x crm
  siaran close-source r7k2m0q9x "process web-3-4711 5f0f1c5e"`;

export function addCloseSourceCommand(program: Command): void {
  program
    .command('close-source')
    .argument('<run>', 'the id of a run')
    .argument('<source>', 'the source, as `siaran run` shows it')
    .description('close the source of a producer that died, so that its run no longer waits for it')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action((runId: string, source: string, flags: { json?: true }) =>
      withSiaran(
        async ({ siaran }) => {
          const closed = await siaran.closeSource(runId, source);
          if (flags.json) await printJson(closed);
          else
            await print(`Source ${JSON.stringify(source)} of run ${runId} is closed with ${count(closed.rows)} rows.`);
        },
        { logLevel: 'warn' },
      ),
    );
}
