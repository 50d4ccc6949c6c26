import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import type { Resolution } from '../store/attempts.js';
import { print, printJson } from './output.js';
import { withSiaran } from './with-siaran.js';

const examples = `
Look for the broadcast at Qiscus first: its name begins with the batch and the attempt, such as [r7k2m0q9x-0042.1].

Examples:
  siaran resolve r7k2m0q9x-0042 --sent 14529081
  siaran resolve r7k2m0q9x-0042 --not-sent --reason "not in the list of broadcasts"`;

type Flags = { sent?: string; notSent?: true; force?: true; reason?: string; by?: string; json?: true };

export function addResolveCommand(program: Command): void {
  program
    .command('resolve')
    .argument('<batch>', 'an unknown batch')
    .description('settle a batch of which nobody knows whether it was sent, as you found it at Qiscus')
    .option('--sent <job-id>', 'it was sent, as this broadcast job')
    .option('--not-sent', 'it was certainly not sent, and may go out again')
    .option('--force', 'with --not-sent: although Qiscus may still be working on the request')
    .option('--reason <text>', 'why; kept with the batch')
    .option('--by <name>', 'who found it out; default: your user name')
    .option('--json', 'print one JSON document, {batchId, status}')
    .addHelpText('after', examples)
    .action((batchId: string, flags: Flags) =>
      withSiaran(async ({ siaran }) => {
        const by = flags.by ?? userInfo().username;
        const { reason } = flags;
        const resolved = await siaran.resolve(batchId, readResolution(flags), {
          by,
          ...(reason !== undefined && { reason }),
        });
        if (flags.json) await printJson(resolved);
        else await print(`Batch ${batchId} is ${resolved.status} now.`);
      }),
    );
}

function readResolution(flags: Flags): Resolution {
  const oneOf = (flags.sent === undefined) !== (flags.notSent === undefined);
  if (!oneOf) throw new UsageError('Say either --sent JOB_ID or --not-sent.');
  if (flags.sent === undefined) return { notSent: true, force: flags.force === true };
  if (flags.force) throw new UsageError('--force goes with --not-sent only.');
  if (!/^[1-9]\d{0,15}$/.test(flags.sent))
    throw new UsageError(
      `--sent is ${JSON.stringify(flags.sent)}; it takes the id of a broadcast job, such as 14529081.`,
    );
  return { sent: Number(flags.sent) };
}
