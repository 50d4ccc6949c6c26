import { type Command, Option } from 'commander';
import type { CampaignRequest } from '../../domain/campaigns/campaign.js';
import type { CatchUp } from '../../domain/campaigns/firing.js';
import type { Separator } from '../../domain/runs/sending.js';
import { addColumnOptions, type ColumnFlags, fittingRequestOf } from '../send/column-options.js';
import { addDeliveryOptions, type DeliveryFlags, defined, wholeNumber } from '../send/delivery-options.js';
import { addRowOptions, type RowFlags } from '../send/row-options.js';
import { addTemplateOptions, type TemplateFlags } from '../templates/template-option.js';

/** The flags of a campaign's settings, but for its name, as commander gives them. */
export type SettingFlags = DeliveryFlags &
  TemplateFlags &
  RowFlags &
  ColumnFlags & {
    columns?: string[];
    separator?: Separator;
    account?: string;
    audience?: string;
    schedule?: string;
    often?: true;
    skipDates?: string[];
    calendar?: string;
    prepareAhead?: string;
    catchUp?: CatchUp;
    approvalAbove?: number;
    approveOnce?: true;
  };

export function addSettingOptions(command: Command): Command {
  addTemplateOptions(command)
    .option('--columns <names>', "the columns of the template's sample CSV, as phone_number,customer_name", (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--audience <audience>', 'file:PATH, sql:QUERY, function:NAME or named:NAME')
    .option('--schedule <schedule>', 'five cron fields, as "0 9 * * mon" or "0 9 L * *"; or one instant')
    .option('--often', 'allow a schedule that fires more often than hourly')
    .option('--timezone <zone>', 'the time zone of --schedule and --window, as Asia/Jakarta')
    .option('--skip-dates <dates>', 'dates of --timezone on which it does not fire, as 2027-01-01,2027-03-20', (text) =>
      text.split(','),
    )
    .option('--calendar <name>', 'a calendar of SIARAN_CALENDARS_FILE, on whose dates it does not fire')
    .option(
      '--prepare-ahead <duration>',
      'how long before it fires the audience is read and batches are handed over, as 30m',
    )
    .option(
      '--approval-above <people>',
      'a run with more people goes out only once somebody else has approved it; 0: every run',
      wholeNumber('--approval-above'),
    )
    .option('--approve-once', 'one approval is for all runs of a version (default: each firing is approved)')
    .addOption(new Option('--separator <character>', 'separator of the CSV files for Qiscus').choices([',', ';']))
    .option(
      '--account <name>',
      'the Qiscus account that it goes out through, from SIARAN_ACCOUNTS_FILE (default: default)',
    );
  addRowOptions(command);
  return addColumnOptions(addDeliveryOptions(command));
}

/** What was given of them, named as the library names it; those that say how it is delivered are left to the caller. */
export function settingsOfFlags(flags: SettingFlags): Partial<CampaignRequest> {
  const { template, templateDetailId, columns, separator, account, audience, schedule, often, prepareAhead } = flags;
  const { values, maxRejected, retryAfterFailure, approvalAbove, approveOnce, skipDates, calendar } = flags;
  return {
    ...defined({ template, templateDetailId, columns, separator, account, audience, schedule, often, prepareAhead }),
    ...defined({ values, maxRejected, retryAfterFailure, approvalAbove, approveOnce, skipDates, calendar }),
    ...fittingRequestOf(flags),
  };
}
