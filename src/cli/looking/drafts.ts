import type { Command } from 'commander';
import { SiaranError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import { discardDraft } from '../../pipeline/drafts/discard-draft.js';
import { planDraft } from '../../pipeline/drafts/plan-draft.js';
import { findDraft, listDrafts } from '../../pipeline/drafts/view-draft.js';
import { countUpTo } from '../read-count.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { describeDraft, describeDrafts } from '../terminal/describe-draft.js';
import { interruptible } from '../terminal/interrupt.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran drafts
  siaran drafts --limit 5 --json`;

export function addDraftsCommand(program: Command): void {
  program
    .command('drafts')
    .description('list the broadcasts that somebody is making in the browser or over HTTP, latest change first')
    .option('--limit <n>', 'at most so many, up to 100', countUpTo('--limit', 100), 20)
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action(({ limit, json }: { limit: number; json?: true }) =>
      withSiaran(async ({ ctx }) => {
        const { items } = await listDrafts(ctx, { limit });
        if (json) return printJson(items);
        await print(items.length === 0 ? 'Nobody is making a broadcast.' : describeDrafts(items));
      }),
    );
}

const draftExamples = `
Examples:
  siaran draft 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --discard`;

type Flags = { discard?: true; yes?: true; json?: true };

export function addDraftCommand(program: Command): void {
  program
    .command('draft')
    .argument('<id>', 'the id of a draft')
    .description('show a draft and what its confirmation would mean, or throw it away')
    .option('--discard', 'throw it away, and its file with it; a run that it has become stays')
    .option('--yes', "with --discard: don't ask for confirmation on a terminal")
    .option('--json', 'print one JSON document')
    .addHelpText('after', draftExamples)
    .action((id: string, flags: Flags) => interruptible((stop) => runDraft(stop, id, flags)));
}

async function runDraft(stop: AbortSignal, id: string, { discard, yes, json }: Flags): Promise<void> {
  await withSiaran(async ({ ctx }) => {
    if (discard) {
      const seen = await findDraft(ctx, id);
      if (!yes && canAsk) {
        const { name } = seen;
        const isMeant = await askYesNo(`Throw the draft ${JSON.stringify(name)} away, and its file with it?`, stop);
        if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was changed, as the answer was not yes.');
      }
      await audited(ctx, { action: 'draft discard', target: id }, () => discardDraft(ctx, id, seen));
      return json ? printJson({ discarded: id }) : print(`Draft ${id} is thrown away, and its file with it.`);
    }
    const draft = await findDraft(ctx, id);
    const plan = await planDraft(ctx, id);
    if (json) return printJson({ ...draft, plan });
    await print(describeDraft(draft, plan));
  });
}
