import type { Command } from 'commander';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { costText } from '../../domain/prices/describe-cost.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { SiaranError, UsageError } from '../../errors.js';
import type { ApprovalView } from '../../pipeline/approval/view-approval.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { interruptible } from '../terminal/interrupt.js';
import { count, note, plural, print, printJson, table } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
A run with more people than SIARAN_APPROVAL_ABOVE waits until somebody else than who started it has approved what is shown here, and
that is what is approved: more recipients, another start or other limits ask again. Who approves is SIARAN_ACTOR, or your user name.
To decline a run, cancel it: siaran cancel RUN.

Examples:
  siaran approve r7k2m0q9x                            shows what is asked, and asks before it approves
  siaran approve r7k2m0q9x --show --json              only shows it
  siaran approve r7k2m0q9x --yes --state 1f0c…        approves it without asking, if it is still what --show told`;

type Flags = { show?: true; state?: string; yes?: true; json?: true };

export function addApproveCommand(program: Command): void {
  program
    .command('approve')
    .argument('<run>')
    .description('look at a run that somebody else has started, and let it go out')
    .option('--show', 'only show what would be approved')
    .option('--state <state>', 'approve only this state of it, as --show --json told it')
    .option('--yes', "don't ask for confirmation on a terminal")
    .option('--json', 'print one JSON document: {runId, people, version}, or with --show all that is asked')
    .addHelpText('after', examples)
    .action((runId: string, flags: Flags) => interruptible((stop) => runApprove(stop, runId, flags)));
}

async function runApprove(stop: AbortSignal, runId: string, { show, state, yes, json }: Flags): Promise<void> {
  await withSiaran(async ({ siaran }) => {
    const asked = await siaran.approval(runId);
    if (show) return json ? printJson(asked) : print(describeApproval(inOneLine(asked)));
    if (!yes && !canAsk)
      throw new UsageError(
        'There is nobody to ask here: add --yes, and best --state with what siaran approve --show told.',
      );
    if (!yes && asked.waits) {
      note(describeApproval(inOneLine(asked)));
      if (!(await askYesNo(`Let run ${runId} go out to ${plural(asked.people, 'person', 'people')}?`, stop)))
        throw new SiaranError('NOT_MEANT', 'nothing was approved, as the answer was not yes.');
    }
    const approved = await siaran.approve(runId, state ?? asked.state);
    if (json) return printJson(approved);
    const version = approved.version === null ? '' : ` So are all runs of version ${approved.version} of its campaign.`;
    await print(`Approved: run ${runId} goes out to ${plural(approved.people, 'person', 'people')}.${version}`);
  });
}

function describeApproval(asked: ApprovalView): string {
  const { run, people, above, isWhole, startedBy, version, template, message, columns, rows, waits } = asked;
  const at = (instant: string) => showInstant(instant, run.timeZone ?? undefined);
  const { rejected, scheduled } = run.recipients;
  const lines: [string, string | undefined][] = [
    ['waits', waits ? undefined : 'for no approval'],
    ['people', `${count(people)}${isWhole ? '' : ', so far: more of them ask again'}`],
    ['asked', above === 0 ? 'of every run' : `of runs with more than ${count(above)}`],
    ['started by', startedBy ?? undefined],
    ['campaign', version === null ? undefined : `with this, all runs of its version ${version} are approved`],
    ['account', run.account],
    ['template', `${run.templateDetailId}${template === null ? ', which is not known here' : `, ${template}`}`],
    ['starts', run.startAt === null ? 'at once' : at(run.startAt)],
    ['limits', describeDelivery(run.delivery) || 'none'],
    ['rejected', rejected === 0 ? 'no row' : `${plural(rejected, 'row')}: siaran rejections ${run.id}`],
    ['handed over', scheduled === 0 ? undefined : `${count(scheduled)} of them, before it grew`],
    ['cost', costText(asked.cost)],
    ['state', asked.state],
  ];
  const shown = lines.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(11)}  ${text}`]));
  const cells = rows.map((row) => row.map((value) => (value.length > 40 ? `${value.slice(0, 39)}…` : value)));
  const first = rows.length === 0 ? 'No row is cut yet.' : table(columns, cells);
  const seen =
    message === null ? [] : ['', 'The first message:', '', ...message.text.split('\n').map((line) => `  ${line}`)];
  return [`Run ${run.id}  ${run.name}`, ...shown, '', first, ...seen].join('\n');
}
