import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { startCheck } from '../../pipeline/drafts/check-draft.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { isReadable } from '../../pipeline/drafts/draft-request.js';
import { findDraft, requireDraft } from '../../pipeline/drafts/view-draft.js';
import { exitCodes } from '../terminal/failure.js';
import { interruptible, unlessInterrupted } from '../terminal/interrupt.js';
import { withSiaran } from '../with-siaran.js';
import { showDraft } from './draft-show.js';

const examples = `
All rows are read once; nothing is sent. siaran draft export ID writes the rejected or the doubtful rows as CSV.

The exit code is 1 if the list could not be read, or nobody would be messaged.

Examples:
  siaran draft check 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft check 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --json`;

export function addDraftCheckCommand(draft: Command): void {
  draft
    .command('check')
    .argument('<id>', 'the id of a draft')
    .description('read the list, and say who would be messaged, what is rejected, and what looks like a mistake')
    .option('--json', 'print one JSON document: the draft, and its plan')
    .addHelpText('after', examples)
    .action((id: string, { json }: { json?: true }) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          await unlessInterrupted(stop, startCheck(ctx, await findDraft(ctx, id), toItsEnd));
          failUnlessPeople(await showDraft(ctx, id, json));
        }),
      ),
    );
}

const toItsEnd = { waitMs: Number.POSITIVE_INFINITY };

/** The draft with its check, if nothing is missing that a check needs. */
export async function checkAsFarAs(ctx: Context, draft: Draft): Promise<Draft> {
  return (await isReadable(ctx, await requireDraft(ctx, draft.id))) ? startCheck(ctx, draft, toItsEnd) : draft;
}

/** A list that can't be read, or that nobody is in, is a failure of the command. */
export function failUnlessPeople({ check, checkFault }: Draft): void {
  if (checkFault !== null || check?.people === 0) process.exitCode = exitCodes.failed;
}
