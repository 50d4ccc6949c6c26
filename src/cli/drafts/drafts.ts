import type { Command } from 'commander';
import { listDrafts } from '../../pipeline/drafts/view-draft.js';
import { countUpTo } from '../read-count.js';
import { describeDrafts } from '../terminal/describe-draft.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addDraftChangeCommand } from './draft-change.js';
import { addDraftCheckCommand } from './draft-check.js';
import { addDraftConfirmCommand } from './draft-confirm.js';
import { addDraftExportCommand } from './draft-export.js';
import { addDraftMakeCommand } from './draft-make.js';
import { addDraftPreviewCommand } from './draft-preview.js';
import { addDraftShowCommand } from './draft-show.js';
import { addDraftTestSendCommand } from './draft-test-send.js';

const examples = `
Examples:
  siaran drafts
  siaran drafts --limit 5 --json`;

export function addDraftsCommand(program: Command): void {
  program
    .command('drafts')
    .description('list the broadcasts that somebody is making, latest change first')
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
A draft is a broadcast that somebody is making. Nothing of it is enqueued before it is confirmed. siaran draft ID shows it.

Examples:
  siaran draft make customers.csv --name "December reminder" --template reminder:id --map "Nama=body_variable1,Tagihan=body_variable2"
  siaran draft 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft preview 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --row longest
  siaran draft change 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --start-at "2027-12-01 09:00" --timezone Asia/Jakarta
  siaran draft confirm 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e
  siaran draft 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --discard`;

export function addDraftCommand(program: Command): void {
  const draft = program
    .command('draft')
    .description('make a broadcast step by step, and look at all of it before it goes out')
    .addHelpText('after', draftExamples);
  addDraftShowCommand(draft);
  addDraftMakeCommand(draft);
  addDraftChangeCommand(draft);
  addDraftCheckCommand(draft);
  addDraftExportCommand(draft);
  addDraftPreviewCommand(draft);
  addDraftTestSendCommand(draft);
  addDraftConfirmCommand(draft);
}
