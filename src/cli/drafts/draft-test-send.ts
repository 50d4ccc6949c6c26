import type { Command } from 'commander';
import { audited } from '../../pipeline/audited.js';
import { testSendDraft, type WhichRow } from '../../pipeline/drafts/preview-draft.js';
import { readNumbers, tellSent } from '../templates/test-send.js';
import { interruptible } from '../terminal/interrupt.js';
import { withSiaran } from '../with-siaran.js';
import { whichRow } from './which-row.js';

const examples = `
The test takes the way of a broadcast, as a run of its own, and counts as no part of the draft's. Where SIARAN_TEST_NUMBERS is set, nobody
else gets a test, and without --to all of them do.

Exit code 1 if Qiscus did not take it, or it hasn't gone out in time.

Examples:
  siaran draft test-send 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --to 6281234567890
  siaran draft test-send 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --row longest`;

type Flags = { row: WhichRow; to?: string[]; json?: true };

export function addDraftTestSendCommand(draft: Command): void {
  draft
    .command('test-send')
    .argument('<id>', 'the id of a draft')
    .description('send a row to yourself')
    .option('--row <row>', 'which row, the first is 1; or longest or doubtful', whichRow, 1)
    .option('--to <numbers>', 'whom to, with commas between them (default: SIARAN_TEST_NUMBERS)', readNumbers)
    .option('--json', 'print one JSON document, {runId, phoneNumbers, status, outcome, message}')
    .addHelpText('after', examples)
    .action((id: string, { row, to, json }: Flags) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          const numbers = to ?? ctx.config.testNumbers;
          const act = { action: 'test send', target: id, detail: { row }, numbers } as const;
          await tellSent(await audited(ctx, act, () => testSendDraft(ctx, id, row, to, stop)), json);
        }),
      ),
    );
}
