import type { Command } from 'commander';
import { within } from '../../domain/timing/within.js';
import { forecastCampaign, startCounting } from '../../pipeline/campaigns/forecast.js';
import { countUpTo } from '../read-count.js';
import { describeCampaign, describeCampaigns, describeNextFirings, zoneOf } from '../terminal/describe-campaign.js';
import { describeMessages } from '../terminal/describe-results.js';
import { interruptible, unlessInterrupted } from '../terminal/interrupt.js';
import { count, print, printJson } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import { type Opened, withSiaran } from '../with-siaran.js';
import { addCampaignAddCommand } from './campaign-add.js';
import { addCampaignEditCommand } from './campaign-edit.js';
import { addCampaignLookCommand } from './campaign-look.js';
import { addCampaignRemoveCommand } from './campaign-remove.js';
import { addCampaignVersionsCommand } from './campaign-versions.js';

const examples = `
Examples:
  siaran campaign add --from weekly.yaml
  siaran campaign list
  siaran campaign show "Weekly reminders" --next 5
  siaran campaign edit "Weekly reminders" --template-detail-id 173
  siaran campaign fire "Weekly reminders"`;

const showExamples = `
--next reads the audience as it is now, and stores nothing of it.

Examples:
  siaran campaign show "Weekly reminders"
  siaran campaign show "Weekly reminders" --next 5 --json`;

export function addCampaignCommand(program: Command): void {
  const campaign = program
    .command('campaign')
    .description('manage campaigns: broadcasts that are sent on a schedule')
    .addHelpText('after', examples);
  addCampaignAddCommand(campaign);
  addCampaignEditCommand(campaign);
  addCampaignLookCommand(campaign);
  campaign
    .command('list')
    .description('list all campaigns')
    .option('--json', 'print one JSON array')
    .action((flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const campaigns = await siaran.campaigns();
        if (flags.json) return printJson(campaigns);
        await print(campaigns.length === 0 ? 'No campaigns yet.' : describeCampaigns(campaigns));
      }),
    );
  campaign
    .command('show')
    .argument('<name>')
    .description('show a campaign, its latest firings and its next ones')
    .option('--next <n>', 'forecast so many of the next firings, up to 100', countUpTo('--next', 100))
    .option(
      '--json',
      'print one JSON document; with --next it has {next: [{at, firstStartAt, lastStartAt, files, limit}]}',
    )
    .addHelpText('after', showExamples)
    .action((name: string, flags: { next?: number; json?: true }) =>
      interruptible((stop) => withSiaran((session) => show(session, name, flags, stop))),
    );
  addCampaignVersionsCommand(campaign);
  addChange(campaign, 'pause', "pause a campaign's schedule; started runs go on", async ({ siaran }, name) => {
    await siaran.pauseCampaign(name);
    return 'is paused';
  });
  addChange(campaign, 'resume', "resume a paused campaign's schedule, from now on", async ({ siaran }, name) => {
    await siaran.resumeCampaign(name);
    return 'is resumed; firings that were due while it was paused are skipped';
  });
  addCampaignRemoveCommand(campaign);
  campaign
    .command('fire')
    .argument('<name>')
    .description('start a run of a campaign now, whatever its schedule says')
    .option('--json', 'print one JSON document, {runId}')
    .action((name: string, flags: { json?: true }) =>
      withSiaran(async ({ siaran }) => {
        const { runId } = await siaran.fireCampaign(name);
        if (flags.json) return printJson({ runId });
        await print(`Run ${runId} is started; workers read its audience. See how it goes: siaran run ${runId} --watch`);
      }),
    );
}

function addChange(
  campaign: Command,
  verb: string,
  description: string,
  change: (session: Opened, name: string) => Promise<string>,
): void {
  campaign
    .command(verb)
    .argument('<name>')
    .description(description)
    .option('--json', 'print one JSON document, {name}')
    .action((name: string, flags: { json?: true }) =>
      withSiaran(async (session) => {
        const done = await change(session, name);
        if (flags.json) return printJson({ name });
        await print(`Campaign ${name} ${done}.`);
      }),
    );
}

async function show(
  { ctx, siaran }: Opened,
  name: string,
  flags: { next?: number; json?: true },
  stop: AbortSignal,
): Promise<void> {
  const { name: _, firings: __, hours: ___, ...messages } = await siaran.campaignResults(name);
  const campaign = { ...(await siaran.campaign(name)), messages };
  const shown = `${describeCampaign(campaign)}${messages.handedOver === 0 ? '' : `\n\nMessages\n${describeMessages(messages)}`}`;
  if (flags.next === undefined) return flags.json ? printJson(campaign) : print(shown);
  const counting = startCounting();
  const progress = showProgress(() => ({ fraction: undefined, text: `${count(counting.accepted)} recipients read` }));
  const forecasting = forecastCampaign(ctx, name, flags.next, counting, stop);
  try {
    const next = await unlessInterrupted(stop, forecasting);
    progress.stop();
    if (flags.json) return await printJson({ ...campaign, next });
    await print(`${shown}\n\n${describeNextFirings(next, zoneOf(campaign))}`);
  } finally {
    progress.stop();
    // An interruption ends its query on the server, for which the process has to stay a moment.
    await within(longestEndingMs, forecasting).catch(() => {});
  }
}

const longestEndingMs = 2_000;
