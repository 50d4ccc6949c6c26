import { type Command, Option } from 'commander';
import type { CampaignRequest } from '../domain/campaign.js';
import type { CatchUp } from '../domain/firing.js';
import type { Separator } from '../domain/sending.js';
import { UsageError } from '../errors.js';
import { readCampaignFile } from './campaign-file.js';
import { addColumnOptions, type ColumnFlags, fittingRequestOf } from './column-options.js';
import {
  addDeliveryOptions,
  type DeliveryFlags,
  defined,
  deliveryOf,
  flagOf,
  readDeliveryFlags,
  wholeNumber,
} from './delivery-options.js';
import { describeCampaign } from './describe-campaign.js';
import { print, printJson } from './output.js';
import { addRowOptions, type RowFlags } from './row-options.js';
import { withSiaran } from './with-siaran.js';

type Flags = DeliveryFlags &
  RowFlags &
  ColumnFlags & {
    from?: string;
    name?: string;
    templateDetailId?: number;
    columns?: string[];
    separator?: Separator;
    account?: string;
    audience?: string;
    schedule?: string;
    often?: true;
    prepareAhead?: string;
    catchUp?: CatchUp;
    json?: true;
  };

const examples = `
An audience is file:PATH (CSV or newline-delimited JSON, also in gzip, where the workers run), sql:QUERY (one SELECT, asked of
SIARAN_AUDIENCE_DATABASE_URL) or function:NAME (registered by a program that runs workers). A schedule is five cron fields
in --timezone, or one instant. Days are mon or monday, L is the last day of a month, MON#1 its first Monday; days of the month
and weekdays together are refused.

Examples:
  siaran campaign add --name "Weekly reminders" --template-detail-id 172 --columns phone_number,customer_name,body_variable1 \\
    --audience "sql:SELECT phone_number, customer_name, body_variable1 FROM due_invoices" \\
    --schedule "0 9 * * mon" --timezone Asia/Jakarta --prepare-ahead 30m --too-late-after 4h
  siaran campaign add --name "New year" --template-detail-id 173 --columns phone_number --audience file:members.csv \\
    --schedule 2028-01-01T08:00:00+07:00 --channel-id 534 --daily-limit 10000 --window 08:00-20:00 --timezone Asia/Jakarta
  siaran campaign add --from weekly.yaml          name, templateDetailId, columns, audience, schedule, timeZone …

The same campaign again changes nothing; another one of the same name is refused.`;

export function addCampaignAddCommand(campaign: Command): void {
  const command = campaign
    .command('add')
    .description('add a campaign: workers start a run of it whenever its schedule says so')
    .option('--from <file>', 'its settings in YAML or JSON; flags override them')
    .option('--name <name>', "its name, and the broadcasts'")
    .option(
      '--template-detail-id <id>',
      "the number on the template's page at Qiscus",
      wholeNumber('--template-detail-id'),
    )
    .option('--columns <names>', "those of the template's sample CSV, as phone_number,customer_name", (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--audience <audience>', 'file:PATH, sql:QUERY or function:NAME')
    .option('--schedule <schedule>', 'five cron fields, as "0 9 * * mon" or "0 9 L * *", or one instant')
    .option('--often', 'the schedule may fire more often than hourly')
    .option('--timezone <zone>', 'where the clocks of --schedule and --window hang, as Asia/Jakarta')
    .option('--prepare-ahead <duration>', 'read the audience and hand over so long before it fires, as 30m')
    .addOption(new Option('--separator <character>', 'of the CSV files for Qiscus').choices([',', ';']))
    .option(
      '--account <name>',
      'the Qiscus account that it goes out through, from SIARAN_ACCOUNTS_FILE (default: default)',
    )
    .option('--json', 'print the campaign as one JSON document');
  addRowOptions(command);
  addColumnOptions(addDeliveryOptions(command))
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const request = await readRequest(flags);
      await withSiaran(async ({ siaran }) => {
        const added = await siaran.addCampaign(request);
        if (flags.json) return printJson(added);
        const what = added.existed ? 'There is this campaign already; nothing was changed.' : 'Added.';
        await print(`${what}\n\n${describeCampaign(added)}`);
      });
    });
}

async function readRequest(flags: Flags): Promise<CampaignRequest> {
  const { from, name, templateDetailId, columns, separator, account, audience, schedule, often, prepareAhead } = flags;
  const { values, maxRejected } = flags;
  const fromFlags = defined({
    ...{ name, templateDetailId, columns, separator, account, audience, schedule, often, prepareAhead },
    ...{ values, maxRejected },
  });
  const request: Partial<CampaignRequest> = {
    ...(from === undefined ? {} : await readCampaignFile(from)),
    ...fromFlags,
    ...fittingRequestOf(flags),
    // What goes with the settings of a file is checked together with them.
    ...(from === undefined ? readDeliveryFlags(flags) : deliveryOf(flags)),
  };
  const needed = ['name', 'templateDetailId', 'columns', 'audience', 'schedule'] as const;
  const missing = needed.filter((setting) => request[setting] === undefined);
  if (missing.length > 0) {
    throw new UsageError(`A campaign needs ${missing.map(flagOf).join(', ')} too; see siaran campaign add --help.`);
  }
  return request as CampaignRequest;
}
