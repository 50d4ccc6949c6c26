import type { Command } from 'commander';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { green, print, printJson, red } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran verify r7k2m0q9x

It can be run at any time, also while the run is being sent.`;

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .argument('<run>')
    .description('check that no recipient was lost or duplicated: each is accounted for once')
    .option('--json', 'print one JSON document, {runId, ok, breaches: [{rule, detail}]}')
    .addHelpText('after', examples)
    .action((runId: string, flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const verification = await siaran.verify(runId);
        if (!verification.ok) process.exitCode = exitCodes.failed;
        if (flags.json) return printJson(verification);
        for (const { rule, detail } of verification.breaches)
          await print(`${red('broken')}  ${rule}: ${inOneLine(detail)}`);
        if (verification.ok) await print(`${green('ok')}  Run ${runId}: every rule holds.`);
      }),
    );
}
