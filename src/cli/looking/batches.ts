import { type Command, Option } from 'commander';
import { type BatchStatus, batchStatuses } from '../../domain/runs/batch.js';
import { describeBatches, zoneOf } from '../terminal/describe-run.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran batches r7k2m0q9x
  siaran batches r7k2m0q9x --status failed
  siaran batches r7k2m0q9x --json`;

export function addBatchesCommand(program: Command): void {
  program
    .command('batches')
    .argument('<run>', "the run's id")
    .description("list a run's batches with the ids of their files and broadcast jobs at Qiscus")
    .addOption(new Option('--status <status>', 'only those in this state').choices(batchStatuses))
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action((runId: string, flags: { status?: BatchStatus; json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const batches = await siaran.batches(runId, flags.status === undefined ? {} : { status: flags.status });
        if (flags.json) await printJson(batches);
        else if (batches.length > 0) await print(describeBatches(batches, zoneOf(await siaran.run(runId))));
        else await print(flags.status === undefined ? 'No batches yet.' : `No batch is ${flags.status}.`);
      }),
    );
}
