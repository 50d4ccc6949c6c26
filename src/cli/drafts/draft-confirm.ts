import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { readPeople } from '../../domain/drafts/read-people.js';
import { SiaranError, UsageError } from '../../errors.js';
import type { Draft, DraftPlan } from '../../pipeline/drafts/draft.js';
import { planDraft } from '../../pipeline/drafts/plan-draft.js';
import { findDraft } from '../../pipeline/drafts/view-draft.js';
import { wholeNumber } from '../send/delivery-options.js';
import { askText, askYesNo, canAsk } from '../terminal/ask.js';
import { describeDraft } from '../terminal/describe-draft.js';
import { interruptible } from '../terminal/interrupt.js';
import { count, note, plural, print, printJson } from '../terminal/output.js';
import { type Opened, withSiaran } from '../with-siaran.js';

const examples = `
It makes a run of the draft. Workers read the rows into it, and nothing goes out before all of them are in. The same again gives the same
run. On a terminal all that it means is shown first, and above 100 people their number has to be typed. A program says --yes, and above 100
people --people with the number that the plan told; if it is another one by now, nothing is started.

Examples:
  siaran draft confirm 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft confirm 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --yes --people 48212 --if-version 6 --json`;

type Flags = { people?: number; ifVersion?: number; yes?: true; json?: true };

export function addDraftConfirmCommand(draft: Command): void {
  draft
    .command('confirm')
    .argument('<id>', 'the id of a draft')
    .description('start the run of a draft')
    .option('--people <n>', 'how many are messaged, as the plan told', wholeNumber('--people'))
    .option('--if-version <n>', 'start it only if it still has this version', wholeNumber('--if-version'))
    .option('--yes', "don't ask for confirmation on a terminal")
    .option('--json', 'print one JSON document, {runId}')
    .addHelpText('after', examples)
    .action((id: string, flags: Flags) =>
      interruptible((stop) => withSiaran((session) => confirm(session, id, flags, stop))),
    );
}

async function confirm({ ctx, siaran }: Opened, id: string, flags: Flags, stop: AbortSignal): Promise<void> {
  const { yes, json, ifVersion } = flags;
  const draft = await findDraft(ctx, id);
  const isOpen = draft.state === 'open';
  if (isOpen && !yes && !canAsk)
    throw new UsageError('There is nobody to ask here: add --yes, and --people with how many siaran draft ID told.');
  const people = isOpen && !yes ? await ask(ctx, draft, flags, stop) : flags.people;
  const seen = { id, version: ifVersion ?? draft.version };
  const { runId } = await siaran.confirmDraft(seen, people === undefined ? {} : { people });
  if (json) return printJson({ runId });
  await print(`Confirmed: workers read its rows into run ${runId}. See how it goes: siaran run ${runId} --watch`);
}

/** Shows what it would mean, and asks. @returns how many people it was confirmed for @throws {SiaranError} when it is not meant */
async function ask(ctx: Context, draft: Draft, { people }: Flags, stop: AbortSignal): Promise<number> {
  const plan = await planDraft(ctx, draft.id);
  if (plan.faults.length > 0) throw new UsageError(plan.faults.join('\n'));
  note(describeDraft(draft, plan));
  if (people !== undefined) return people;
  if (await isMeant(plan, stop)) return plan.people;
  throw new SiaranError('NOT_MEANT', 'nothing was started, as that was not confirmed.');
}

async function isMeant({ people, confirmAbove }: DraftPlan, stop: AbortSignal): Promise<boolean> {
  const whom = plural(people, 'person', 'people');
  if (people <= confirmAbove) return askYesNo(`Send it to ${whom}?`, stop);
  const typed = readPeople(await askText(`It goes to ${whom}. Type their number to send it:`, stop));
  if (typed !== undefined && typed !== people) note(`${count(typed)} is not ${count(people)}.`);
  return typed === people;
}
