import type { Command } from 'commander';
import { describeVersions, zoneOf } from '../terminal/describe-campaign.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran campaign versions "Weekly reminders"
  siaran campaign versions "Weekly reminders" --json`;

export function addCampaignVersionsCommand(campaign: Command): void {
  campaign
    .command('versions')
    .argument('<name>')
    .description('list the versions of a campaign, the latest first: who changed what, and when')
    .option('--json', 'print one JSON array, [{version, at, by, changes}]')
    .addHelpText('after', examples)
    .action((name: string, flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const versions = await siaran.campaignVersions(name);
        if (flags.json) return printJson(versions);
        await print(describeVersions(versions, zoneOf(await siaran.campaign(name))));
      }),
    );
}
