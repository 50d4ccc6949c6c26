import type { Command } from 'commander';
import { audited } from '../../pipeline/audited.js';
import { failIfNobody, whyNobodyIn } from '../looking/why-nobody.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Exit code 1 if nobody is in it.

Examples:
  siaran seal r7k2m0q9x`;

export function addSealCommand(program: Command): void {
  program
    .command('seal')
    .argument('<run>', 'the id of a run that takes recipients')
    .description("seal a run: all its recipients are in, and its last batch goes out although it isn't full")
    .option('--json', 'print the run as one JSON document')
    .addHelpText('after', examples)
    .action((runId: string, flags: { json?: true }) =>
      withSiaran(
        async (session) => {
          const { ctx, siaran } = session;
          const act = { action: 'seal', target: runId, isPatient: true } as const;
          await audited(ctx, act, () => siaran.seal(runId));
          const run = await siaran.run(runId);
          failIfNobody(await whyNobodyIn(session, run));
          if (flags.json) await printJson(run);
          else await print(`Run ${runId} is sealed. See how it goes: siaran run ${runId} --watch`);
        },
        { logLevel: 'warn' },
      ),
    );
}
