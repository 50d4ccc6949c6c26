import type { Command } from 'commander';
import { count, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
For a producer that died and won't come again: \`siaran run RUN\` names its source under "not closed". What it has
brought goes out, and no more of it is waited for. If it is alive after all, its next push fails with INTAKE_LOST. Where the
same recipients can be sent again under the same source, do that instead: it completes them.

Examples:
  siaran close-source r7k2m0q9x crm
  siaran close-source r7k2m0q9x "process web-3-4711 5f0f1c5e"`;

export function addCloseSourceCommand(program: Command): void {
  program
    .command('close-source')
    .argument('<run>', 'the id of a run')
    .argument('<source>', 'as `siaran run` names it')
    .description('say that the producer of a source died, so that its run waits for it no longer')
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
