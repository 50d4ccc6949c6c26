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
Settings that aren't named stay as they are. A change makes a new version of the campaign, which counts from the next firing on that
isn't decided yet. A firing that is decided, such as one that is prepared ahead, goes out with the old settings. --redo cancels such
runs if nothing of them was handed over, and fires their instants anew. It is refused if all of them were handed over, and names what
can only be cancelled at Qiscus. If a campaign has a single instant and its run still goes out, moving the instant needs --redo, or
siaran cancel of that run first.

Examples:
  siaran campaign edit "Weekly reminders" --template-detail-id 173
  siaran campaign edit "Weekly reminders" --schedule "0 10 * * mon" --redo
  siaran campaign edit "Weekly reminders" --unset pace,window
  siaran campaign edit "Weekly reminders" --from weekly.yaml      a setting that is null in the file is removed`;

export function addCampaignEditCommand(campaign: Command): void {
  const command = campaign
    .command('edit')
    .argument('<name>')
    .description("change some of a campaign's settings, from its next firing on")
    .option('--from <file>', 'changes in YAML or JSON, named as in the file of campaign add; flags override them')
    .option('--unset <settings>', 'settings to remove, as pace,window', readNames)
    .option('--redo', 'fire again, with the new settings, what is fired and not handed over')
    .option('--if-version <n>', 'change it only if it still has this version', readVersion)
    .option('--by <name>', 'who changes it; default: SIARAN_ACTOR, or your user name')
    .option('--json', 'print one JSON document: the campaign, and {changes, redone, runs, jobs}');
  addSettingOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string, flags: Flags) => {
      const changes = await readChanges(flags);
      if (Object.keys(changes).length === 0 && !flags.redo)
        throw new UsageError('Say what is to be changed, or --redo; see siaran campaign edit --help.');
      const { redo = false, ifVersion: version, by } = flags;
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
      `Run ${replacedRunId} of ${showInstant(at, zone)} is cancelled; ${runId === null ? 'it is not fired any more.' : `it is fired anew as run ${runId}.`}`,
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
  if (jobs.length > 0) lines.push(describeJobs(jobs, { timeZone: zone, namesRuns: true }));
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
