import type { Command } from 'commander';
import { showInstantsIn } from '../../domain/timing/instants-in.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { dim, green, print, printJson, red } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import type { Check } from './check.js';
import { checkAll, checkThisWorker } from './doctor-checks.js';

const examples = `
Examples:
  siaran doctor
  siaran doctor --json
  siaran doctor --worker     for a health check: is this machine's worker at work?`;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check Redis, Postgres, Qiscus, the credentials and the holds, and say what to do')
    .option('--worker', "check only whether this machine's worker makes progress")
    .option('--json', 'print one JSON array of {check, ok, detail, todo}')
    .addHelpText('after', examples)
    .action((flags: { worker?: true; json?: true }) =>
      withSiaran(
        async ({ ctx }) => {
          const checks = flags.worker ? [await checkThisWorker(ctx)] : await checkAll(ctx);
          if (checks.some((check) => !check.ok)) process.exitCode = exitCodes.failed;
          if (flags.json) await printJson(checks);
          else await print(checks.map(describeCheck).join('\n'));
          // What didn't answer may never answer, and closing it would take as long as it is given.
          process.exit();
        },
        // Problems are the result; they aren't logged besides.
        { logLevel: 'silent', anyPrefix: true },
      ),
    );
}

function describeCheck(told: Check): string {
  const { check, ok, detail, todo } = inOneLine(told);
  const mark = ok ? green('OK  ') : red('FAIL');
  return `${mark}  ${check.padEnd(28)}  ${showInstantsIn(detail)}${todo === null ? '' : `\n      ${dim('to do:')} ${todo}`}`;
}
