import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { describeCampaignResults, describeRunResults } from '../terminal/describe-results.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
A message counts for each step that it came to: one that was read was sent and delivered too. One that failed before it was delivered
counts as failed only. Percentages are of what was handed over.

Examples:
  siaran results r7k2m0q9x
  siaran results r7k2m0q9x --json
  siaran results --campaign "Weekly reminders"`;

export function addResultsCommand(program: Command): void {
  program
    .command('results')
    .argument('[run]', "the run's id")
    .description('show what became of the messages of a run or a campaign, why some failed, and what to do')
    .option('--campaign <name>', 'all runs of this campaign, side by side')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action((runId: string | undefined, flags: { campaign?: string; json?: true }) =>
      withSiaran(async ({ siaran }) => {
        if ((runId === undefined) === (flags.campaign === undefined))
          throw new UsageError('Name a run or --campaign, one of them.');
        if (flags.campaign !== undefined) {
          const results = await siaran.campaignResults(flags.campaign);
          return flags.json ? printJson(results) : print(describeCampaignResults(results));
        }
        const results = await siaran.results(runId ?? '');
        return flags.json ? printJson(results) : print(describeRunResults(results));
      }),
    );
}
