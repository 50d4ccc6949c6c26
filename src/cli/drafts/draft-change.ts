import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import { changeDraft } from '../../pipeline/drafts/change-draft.js';
import type { Draft, DraftChanges, DraftSettings } from '../../pipeline/drafts/draft.js';
import { giveSource } from '../../pipeline/drafts/make-draft.js';
import { findDraft } from '../../pipeline/drafts/view-draft.js';
import { wholeNumber } from '../send/delivery-options.js';
import { interruptible, unlessInterrupted } from '../terminal/interrupt.js';
import { withSiaran } from '../with-siaran.js';
import { mapByHeads } from './draft-make.js';
import { addDraftOptions, type DraftFlags, settingsOfFlags, templateOfFlags, withList } from './draft-settings.js';
import { showDraft } from './draft-show.js';

const examples = `
What isn't named stays. A change makes an earlier check void: siaran draft check ID makes another one. The name, the template and the
settings are changed first, then the list, then the columns; if one of them is refused, those before it are changed.

Examples:
  siaran draft change 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --map "Nama=body_variable1"
  siaran draft change 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --start-at "2027-12-01 09:00" --timezone Asia/Jakarta
  siaran draft change 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --list customers-2.csv
  siaran draft change 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e --unset startAt,pace`;

type Flags = DraftFlags & { name?: string; list?: string; unset?: string; ifVersion?: number };

export function addDraftChangeCommand(draft: Command): void {
  const command = draft
    .command('change')
    .argument('<id>', 'the id of a draft')
    .description('change a draft: its name, list, template, columns or settings')
    .option('--name <name>', "the broadcast's name")
    .option('--list <file>', 'another list in the place of the one that it has; - for standard input')
    .option('--unset <settings>', 'settings to remove, as startAt,pace')
    .option('--if-version <n>', 'change it only if it still has this version', wholeNumber('--if-version'))
    .option('--json', 'print one JSON document: the draft, and its plan');
  addDraftOptions(command)
    .addHelpText('after', examples)
    .action((id: string, flags: Flags) =>
      interruptible((stop) =>
        withSiaran(async ({ ctx }) => {
          await unlessInterrupted(stop, changeAll(ctx, id, flags));
          await showDraft(ctx, id, flags.json);
        }),
      ),
    );
}

async function changeAll(ctx: Context, id: string, flags: Flags): Promise<void> {
  const { name, list, audience, map, unset, ifVersion } = flags;
  if (list !== undefined && audience !== undefined) throw new UsageError('Give --list or --audience, not both.');
  let draft: Draft = await findDraft(ctx, id);
  if (ifVersion !== undefined) draft = { ...draft, version: ifVersion };
  const changes: DraftChanges = {
    ...(name !== undefined && { name }),
    ...(audience !== undefined && { audience }),
    ...templateOfFlags(flags),
    ...settingsOfFlags(flags, draft.settings, namesIn(unset, draft.settings)),
  };
  const isAnything = Object.keys(changes).length > 0;
  if (!isAnything && list === undefined && map === undefined)
    throw new UsageError('Say what is to be changed; see siaran draft change --help.');
  if (isAnything || map !== undefined)
    await audited(ctx, { action: 'draft change', target: id }, async () => {
      if (isAnything) draft = await changeDraft(ctx, draft, changes);
      if (map !== undefined && list === undefined) draft = await mapByHeads(ctx, draft, map);
    });
  if (list === undefined) return;
  draft = await withList(list, (source) => giveSource(ctx, draft, source));
  if (map !== undefined) await mapByHeads(ctx, draft, map);
}

function namesIn(unset: string | undefined, settings: DraftSettings): string[] {
  const names = unset === undefined ? [] : unset.split(',').map((name) => name.trim());
  const other = names.find((name) => !Object.hasOwn(settings, name));
  if (other === undefined) return names;
  const there = Object.keys(settings).join(', ') || 'none';
  throw new UsageError(
    `--unset names ${JSON.stringify(other.slice(0, 60))}; the settings of this draft are: ${there}.`,
  );
}
