import type { Command } from 'commander';
import { inWordsOfList } from '../../domain/drafts/in-words-of-list.js';
import { previewDraft, type WhichRow } from '../../pipeline/drafts/preview-draft.js';
import { findDraft } from '../../pipeline/drafts/view-draft.js';
import { describeMessage } from '../terminal/describe-message.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { interruptible } from '../terminal/interrupt.js';
import { bold, print, printJson, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { whichRow } from './which-row.js';

const examples = `
The list is read up to that row; nothing is sent. The exit code is 1 if the row gets no message.

Examples:
  siaran draft preview 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft preview 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --row longest
  siaran draft preview 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --row 17 --json`;

export function addDraftPreviewCommand(draft: Command): void {
  draft
    .command('preview')
    .argument('<id>', 'the id of a draft')
    .description('show a row as its recipient will see it, or why they get nothing')
    .option('--row <row>', 'which row, the first is 1; or longest, doubtful or rejected', whichRow, 1)
    .option('--json', 'print one JSON document, {row, message, leftOut, doubts}')
    .addHelpText('after', examples)
    .action((id: string, { row: which, json }: { row: WhichRow; json?: true }) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          const { mapping } = await findDraft(ctx, id);
          const seen = await previewDraft(ctx, id, which, stop);
          if (seen.leftOut !== null) process.exitCode = exitCodes.failed;
          if (json) return printJson(seen);
          const { row, message } = seen;
          const told = (text: string) => yellow(inOneLine(inWordsOfList(text, mapping)));
          const lines = [
            `Row ${row}${message ? ` to ${bold(message.phoneNumber)}, ${message.template}` : ''}`,
            ...(seen.leftOut === null ? [] : [`It gets no message: ${told(seen.leftOut)}`]),
            ...seen.doubts.map((doubt) => `Doubtful: ${told(doubt)}`),
            ...(message ? [describeMessage(message)] : []),
          ];
          await print(lines.join('\n'));
        }),
      ),
    );
}
