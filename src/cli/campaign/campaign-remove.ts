import type { Command } from 'commander';
import { SiaranError } from '../../errors.js';
import { type GoingRun, viewGoingRuns } from '../../pipeline/campaigns/going-runs.js';
import type { CampaignView } from '../../pipeline/campaigns/view-campaign.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { zoneOf } from '../terminal/describe-campaign.js';
import { describeJobs } from '../terminal/describe-jobs.js';
import { interruptible } from '../terminal/interrupt.js';
import { note, plural, print, printJson } from '../terminal/output.js';
import { type Opened, withSiaran } from '../with-siaran.js';
import { beingReadOf, describeGoing } from './campaign-edit.js';

type Flags = { cancelRuns?: true; yes?: true; json?: true };

const examples = `
The command names the runs that still go out. A campaign of the same name that is added later skips the instants that this one has
fired or skipped. To change a campaign, use siaran campaign edit.

Examples:
  siaran campaign remove "Weekly reminders"
  siaran campaign remove "Weekly reminders" --cancel-runs --yes`;

export function addCampaignRemoveCommand(campaign: Command): void {
  campaign
    .command('remove')
    .argument('<name>')
    .description('remove a campaign; its runs stay, and started ones go on')
    .option('--cancel-runs', 'also cancel its runs, as far as they are not handed over to Qiscus')
    .option('--yes', "don't ask for confirmation on a terminal")
    .option(
      '--json',
      'print one JSON document, {removed, runs: [{runId, recipients, startsAt}]}; with --cancel-runs also jobs, as siaran cancel does',
    )
    .addHelpText('after', examples)
    .action((name: string, flags: Flags) =>
      interruptible((stop) => withSiaran((session) => remove(session, name, flags, stop))),
    );
}

async function remove(session: Opened, name: string, flags: Flags, stop: AbortSignal): Promise<void> {
  const { siaran } = session;
  const campaign = await siaran.campaign(name);
  const zone = zoneOf(campaign);
  const beingRead = beingReadOf(campaign);
  if (!flags.yes && canAsk) await confirm(session, campaign, flags, stop);
  const { runs, jobs, removed } = await siaran.removeCampaign(name, { cancelRuns: flags.cancelRuns === true });
  if (flags.json) return printJson({ removed, runs, ...(jobs && { jobs }) });
  await print(`Campaign ${name} is removed.`);
  if (runs.length > 0)
    await print(
      `${flags.cancelRuns ? 'Cancelled:' : 'These runs still go out:'}\n${describeGoing(runs, zone, beingRead)}`,
    );
  if (runs.length > 0 && !flags.cancelRuns) await print('To cancel what is not handed over of one: siaran cancel RUN');
  if (jobs && jobs.length > 0) await print(describeJobs(jobs, { timeZone: zone, namesRuns: true }));
}

async function confirm(
  { ctx }: Opened,
  campaign: CampaignView,
  { cancelRuns }: Flags,
  stop: AbortSignal,
): Promise<void> {
  const { name } = campaign;
  const runs = await viewGoingRuns(ctx, name);
  const beingRead = beingReadOf(campaign);
  if (runs.length > 0) note(`Runs of it that still go out:\n${describeGoing(runs, zoneOf(campaign), beingRead)}`);
  if (await askYesNo(`Remove campaign ${name}${what(runs, beingRead, cancelRuns === true)}?`, stop)) return;
  throw new SiaranError('NOT_MEANT', 'nothing was removed, as the answer was not yes.');
}

function what(runs: readonly GoingRun[], beingRead: ReadonlySet<string>, cancelRuns: boolean): string {
  if (runs.length === 0) return '';
  const known = plural(
    runs.reduce((sum, { recipients }) => sum + recipients, 0),
    'recipient',
  );
  const people = runs.some(({ runId }) => beingRead.has(runId)) ? 'an audience that is being read' : known;
  return cancelRuns ? ` and cancel its runs for ${people}` : `, and let its runs go on to ${people}`;
}
