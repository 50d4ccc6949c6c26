import type { Command } from 'commander';
import type { CampaignRequest } from '../../domain/campaigns/campaign.js';
import { UsageError } from '../../errors.js';
import { defined, deliveryOf, flagOf, readDeliveryFlags } from '../send/delivery-options.js';
import { describeCampaign } from '../terminal/describe-campaign.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { readCampaignFile } from './campaign-file.js';
import { addSettingOptions, type SettingFlags, settingsOfFlags } from './campaign-options.js';

type Flags = SettingFlags & { from?: string; name?: string; again?: true; json?: true };

const examples = `
An audience is file:PATH (CSV or newline-delimited JSON, also in gzip, below SIARAN_AUDIENCE_DIR where workers run), sql:QUERY
(one SELECT, run on SIARAN_AUDIENCE_DATABASE_URL) function:NAME (registered by a program that runs workers) or
named:NAME (a file or query in SIARAN_AUDIENCES_FILE, where workers run). A schedule is five cron fields in --timezone, or one instant. Days are mon or monday; L is the last day of a month; MON#1 is its first Monday. A schedule can't
have both days of the month and weekdays.

Examples:
  siaran campaign add --name "Weekly reminders" --template-detail-id 172 --columns phone_number,customer_name,body_variable1 \\
    --audience "sql:SELECT phone_number, customer_name, body_variable1 FROM due_invoices" \\
    --schedule "0 9 * * mon" --timezone Asia/Jakarta --prepare-ahead 30m --too-late-after 4h
  siaran campaign add --name "New year" --template-detail-id 173 --columns phone_number --audience file:members.csv \\
    --schedule 2028-01-01T08:00:00+07:00 --channel-id 534 --daily-limit 10000 --window 08:00-20:00 --timezone Asia/Jakarta
  siaran campaign add --name "Dues" --template reminder:id --columns phone_number,body_variable1 --audience named:dues \
    --schedule "0 9 1 * *" --timezone Asia/Jakarta      the template by its name: its columns are compared with --columns
  siaran campaign add --from weekly.yaml          name, templateDetailId, columns, audience, schedule, timeZone …

Adding the same campaign again changes nothing. Adding another one of the same name is refused: change it with siaran campaign
edit. Instants that a removed campaign of this name has fired or skipped are skipped, unless --again is given.`;

export function addCampaignAddCommand(campaign: Command): void {
  const command = campaign
    .command('add')
    .description('add a campaign: workers start a run of it at each instant of its schedule')
    .option('--from <file>', 'its settings in YAML or JSON; flags override them')
    .option('--name <name>', "the campaign's name, which is also its broadcasts' name at Qiscus")
    .option(
      '--again',
      'also fire instants that a removed campaign of this name has fired or skipped: their recipients may have been messaged',
    )
    .option('--json', 'print the campaign as one JSON document');
  addSettingOptions(command)
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const request = await readRequest(flags);
      await withSiaran(async ({ ctx, siaran }) => {
        const added = await siaran.addCampaign(request, { again: flags.again === true, by: ctx.config.actor });
        if (flags.json) return printJson(added);
        const what = added.existed ? 'There is this campaign already; nothing was changed.' : 'Added.';
        await print(`${what}\n\n${describeCampaign(added)}`);
      });
    });
}

async function readRequest(flags: Flags): Promise<CampaignRequest> {
  const { from, name } = flags;
  const request: Partial<CampaignRequest> = {
    ...(from === undefined ? {} : await readCampaignFile(from)),
    ...defined({ name }),
    ...settingsOfFlags(flags),
    // What goes with the settings of a file is checked together with them.
    ...(from === undefined && flags.template === undefined ? readDeliveryFlags(flags) : deliveryOf(flags)),
  };
  const template = request.template === undefined ? 'templateDetailId' : 'template';
  const needed = ['name', template, 'columns', 'audience', 'schedule'] as const;
  const missing = needed.filter((setting) => request[setting] === undefined);
  if (missing.length > 0) {
    throw new UsageError(`A campaign needs ${missing.map(flagOf).join(', ')} too; see siaran campaign add --help.`);
  }
  return request as CampaignRequest;
}
