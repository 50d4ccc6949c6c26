import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { mappedByHeads } from '../../domain/drafts/mapping.js';
import { UsageError } from '../../errors.js';
import { changeDraft } from '../../pipeline/drafts/change-draft.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { beginDraft, type NewSource } from '../../pipeline/drafts/make-draft.js';
import { interruptible, unlessInterrupted } from '../terminal/interrupt.js';
import { withSiaran } from '../with-siaran.js';
import { checkAsFarAs, failUnlessPeople } from './draft-check.js';
import { addDraftOptions, type DraftFlags, settingsOfFlags, templateOfFlags, withList } from './draft-settings.js';
import { showDraft } from './draft-show.js';

const examples = `
The file is read as siaran send reads one. Its heads are matched to the template's columns by name, as they were when the template was
confirmed last, or as --map says. Once every column has one, all rows are read, and what is rejected or looks like a mistake is told.
Nothing is enqueued. When something is wrong with the file or a flag, no draft is left.

The exit code is 1 if the list was checked and nobody would be messaged.

Examples:
  siaran draft make customers.csv --name "December reminder" --template reminder:id --map "Nama=body_variable1,Tagihan=body_variable2"
  siaran draft make --audience members --name "December reminder" --template reminder:id --pace 2000/1h --json
  export-customers | siaran draft make - --name "December reminder" --template reminder:id`;

type Flags = DraftFlags & { name: string };

export function addDraftMakeCommand(draft: Command): void {
  const command = draft
    .command('make')
    .argument('[file]', 'recipients as for siaran send; - for standard input')
    .description('make a draft of a list or an audience, and check it')
    .requiredOption('--name <name>', "the broadcast's name")
    .option('--json', 'print one JSON document: the draft, and its plan');
  addDraftOptions(command)
    .addHelpText('after', examples)
    .action((file: string | undefined, flags: Flags) => interruptible((stop) => make(file, flags, stop)));
}

async function make(file: string | undefined, flags: Flags, stop: AbortSignal): Promise<void> {
  const { name, audience, map, json } = flags;
  if ((file === undefined) === (audience === undefined))
    throw new UsageError('Give either a file with recipients or --audience.');
  if (map !== undefined && flags.template === undefined && flags.templateDetailId === undefined)
    throw new UsageError('--map is to the columns of a template: name it too, with --template.');
  const asked = { name, ...templateOfFlags(flags), ...settingsOfFlags(flags) };
  await withSiaran(async ({ ctx }) => {
    const begin = (source: NewSource) =>
      beginDraft(ctx, { ...asked, source }, async (full) => {
        const mapped = map === undefined ? full : await mapByHeads(ctx, full, map);
        return unlessInterrupted(stop, checkAsFarAs(ctx, mapped));
      });
    const made = file === undefined ? await begin({ audience: audience ?? '' }) : await withList(file, begin);
    failUnlessPeople(await showDraft(ctx, made.id, json));
  });
}

/** Maps single heads by hand; what else is mapped stays. @throws {UsageError} that names a head or column which there is not */
export function mapByHeads(ctx: Context, draft: Draft, map: NonNullable<DraftFlags['map']>): Promise<Draft> {
  return changeDraft(ctx, draft, { mapping: mappedByHeads(draft.mapping, map) });
}
