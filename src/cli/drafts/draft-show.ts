import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { SiaranError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import { discardDraft } from '../../pipeline/drafts/discard-draft.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { planDraft } from '../../pipeline/drafts/plan-draft.js';
import { findDraft } from '../../pipeline/drafts/view-draft.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { describeDraft } from '../terminal/describe-draft.js';
import { interruptible } from '../terminal/interrupt.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran draft 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft show 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --json
  siaran draft 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --discard`;

type Flags = { discard?: true; yes?: true; json?: true };

export function addDraftShowCommand(draft: Command): void {
  draft
    .command('show', { isDefault: true })
    .argument('<id>', 'the id of a draft')
    .description('show a draft and what its confirmation would mean, or throw it away')
    .option('--discard', 'throw it away, and its file with it; a run that it has become stays')
    .option('--yes', "with --discard: don't ask for confirmation on a terminal")
    .option('--json', 'print one JSON document: the draft, and its plan; with --discard {discarded}')
    .addHelpText('after', examples)
    .action((id: string, flags: Flags) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          if (flags.discard) await discard(ctx, id, flags, stop);
          else await showDraft(ctx, id, flags.json);
        }),
      ),
    );
}

/** Prints a draft with its plan: what every command does that changes one. */
export async function showDraft(ctx: Context, id: string, json: true | undefined): Promise<Draft> {
  const draft = await findDraft(ctx, id);
  const plan = await planDraft(ctx, id);
  if (json) await printJson({ ...draft, plan });
  else await print(describeDraft(draft, plan));
  return draft;
}

async function discard(ctx: Context, id: string, { yes, json }: Flags, stop: AbortSignal): Promise<void> {
  const seen = await findDraft(ctx, id);
  if (!yes && canAsk) {
    const { name } = seen;
    const isMeant = await askYesNo(`Throw the draft ${JSON.stringify(name)} away, and its file with it?`, stop);
    if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was changed, as the answer was not yes.');
  }
  await audited(ctx, { action: 'draft discard', target: id }, () => discardDraft(ctx, id, seen));
  await (json ? printJson({ discarded: id }) : print(`Draft ${id} is thrown away, and its file with it.`));
}
