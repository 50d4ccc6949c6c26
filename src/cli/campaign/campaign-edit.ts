import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type CampaignChanges, campaignSettingNames } from '../../domain/campaigns/campaign-changes.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import type { EditedCampaign } from '../../pipeline/campaigns/edit-campaign.js';
import type { GoingRun } from '../../pipeline/campaigns/going-runs.js';
import type { CampaignView } from '../../pipeline/campaigns/view-campaign.js';
import { deliveryOf } from '../send/delivery-options.js';
import { describeCampaign, zoneOf } from '../terminal/describe-campaign.js';
import { describeJobs } from '../terminal/describe-jobs.js';
import { bold, plural, print, printJson, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { readChangesFile, settingNamed } from './campaign-file.js';
import { addSettingOptions, type SettingFlags, settingsOfFlags } from './campaign-options.js';

type Flags = SettingFlags & {
  from?: string;
  unset?: string[];
  redo?: true;
  ifVersion?: number;
  by?: string;
  json?: true;
};

const examples = `
What isn't named stays as it is. A change is a new version of the campaign; it counts from the next firing on that isn't decided yet.
What was decided, such as a firing that is prepared ahead, goes out as it was. --redo cancels such runs if nobody of them was handed
over, and fires their instants anew; it is refused when all is handed over, and says what can only be cancelled at Qiscus. The single
instant of a campaign is moved only with --redo while its run still goes out, or after siaran cancel of that run.

Examples:
  siaran campaign edit "Weekly reminders" --template-detail-id 173
  siaran campaign edit "Weekly reminders" --schedule "0 10 * * mon" --redo
  siaran campaign edit "Weekly reminders" --unset pace,window
  siaran campaign edit "Weekly reminders" --from weekly.yaml      settings that are null there are taken away`;

export function addCampaignEditCommand(campaign: Command): void {
  const command = campaign
    .command('edit')
    .argument('<name>')
    .description("change some of a campaign's settings, from its next firing on")
    .option('--from <file>', 'changes in YAML or JSON, named as in the file of campaign add; flags override them')
    .option('--unset <settings>', 'settings that are taken away, as pace,window', readNames)
    .option('--redo', 'fire anew what is fired and not handed over, with the new settings')
    .option('--if-version <n>', 'only if this is still its version', readVersion)
    .option('--by <name>', 'who changes it; default: your user name')
    .option('--json', 'print one JSON document: the campaign, and {changes, redone, runs, jobs}');
  addSettingOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string, flags: Flags) => {
      const changes = await readChanges(flags);
      if (Object.keys(changes).length === 0 && !flags.redo)
        throw new UsageError('Say what is to be changed, or --redo; see siaran campaign edit --help.');
      const { redo = false, ifVersion: version, by = userInfo().username } = flags;
      await withSiaran(async ({ siaran }) => {
        const edited = await siaran.editCampaign(name, changes, { redo, version, by });
        if (flags.json) return printJson(edited);
        await print(describeEdited(edited));
      });
    });
}

async function readChanges(flags: Flags): Promise<CampaignChanges> {
  const { from, unset = [] } = flags;
  return {
    ...(from === undefined ? {} : await readChangesFile(from)),
    ...settingsOfFlags(flags),
    ...deliveryOf(flags),
    ...Object.fromEntries(unset.map((name) => [name, null])),
  };
}

function describeEdited(edited: EditedCampaign): string {
  const { changes, redone, runs, jobs, version } = edited;
  const zone = zoneOf(edited);
  const lines = changes.length === 0 ? ['Nothing was changed.'] : [`Changed, as version ${version}:`];
  lines.push(...changes.map((change) => `  ${change}`));
  for (const { at, replacedRunId, runId } of redone)
    lines.push(
      `Run ${replacedRunId} of ${showInstant(at, zone)} is cancelled; ${runId === null ? 'the new schedule does not have this instant.' : `it is fired anew as run ${runId}.`}`,
    );
  if (runs.length > 0)
    lines.push(yellow('These go out as they were decided before:'), describeGoing(runs, zone, beingReadOf(edited)));
  if (runs.length > 0 && changes.some((change) => change.startsWith('schedule was ')))
    lines.push(
      yellow('The schedule is another one: the same people may get these and its next firing as well.'),
      ...(jobs.length > 0 ? ['--redo takes back what of them is not handed over.'] : []),
    );
  if (runs.length > 0 && redone.length === 0 && jobs.length === 0)
    lines.push('--redo fires anew what of them is not handed over.');
  if (jobs.length > 0) lines.push(describeJobs(jobs, zone));
  return `${lines.join('\n')}\n\n${describeCampaign(edited)}`;
}

/** The runs into which a campaign's audience is being read: how many they will message isn't known yet. */
export function beingReadOf({ firings }: Pick<CampaignView, 'firings'>): ReadonlySet<string> {
  return new Set(firings.flatMap(({ status, runId }) => (status === 'preparing' && runId !== null ? [runId] : [])));
}

/** Runs whose messages still go out, a line each. */
export function describeGoing(
  runs: readonly GoingRun[],
  timeZone: string | undefined,
  beingRead: ReadonlySet<string>,
): string {
  return runs
    .map(({ runId, recipients, startsAt }) => {
      const people = beingRead.has(runId) ? 'its audience is being read' : plural(recipients, 'recipient');
      return `  ${bold(runId)}  ${people}  ${startsAt === null ? 'at once' : `starts ${showInstant(startsAt, timeZone)}`}`;
    })
    .join('\n');
}

function readNames(text: string): string[] {
  return text.split(',').map((written) => {
    const name = settingNamed(written.trim());
    if (name !== undefined) return name;
    throw new UsageError(
      `--unset is ${JSON.stringify(text.slice(0, 200))}; it names settings, such as pace,window. There are ${campaignSettingNames.join(', ')}.`,
    );
  });
}

function readVersion(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--if-version is ${JSON.stringify(text.slice(0, 40))}; it is a whole number from 1 up.`);
}
