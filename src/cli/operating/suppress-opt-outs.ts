import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import { decideHeldOptOuts, listHeldOptOuts, undoOptOutsOf } from '../../pipeline/operating/opt-outs.js';
import { undoImport } from '../../pipeline/operating/suppress.js';
import { readInstant } from '../read-instant.js';
import { plural, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const heldExamples = `
More opt-outs within a minute than are ordinary are held, and their numbers are not on the list: callbacks are not signed, and
forged ones could empty it. Look whether they are genuine, for example in Qiscus's inbox.

Examples:
  siaran suppress held
  siaran suppress held --account default --apply
  siaran suppress held --account default --discard`;

const undoExamples = `
Undoes opt-outs that callbacks told, by their source; those that fit all that is given. Numbers that stand on the list for no
other reason go from it. Resumes are undone likewise. What operators put there stays, unless their import is named. Who opted out since stays then.

Examples:
  siaran suppress undo --since 2026-12-01T09:00:00Z --until 2026-12-01T09:05:00Z
  siaran suppress undo --batch r7k2m0q9x-0001
  siaran suppress undo --message wamid.HBgL
  siaran suppress undo --import i3k9x0q2`;

type HeldFlags = { account?: string; apply?: true; discard?: true; json?: true };
type UndoFlags = {
  account?: string;
  since?: Date;
  until?: Date;
  batch?: string;
  message?: string;
  import?: string;
  json?: true;
};

export function addOptOutCommands(command: Command): void {
  command
    .command('held')
    .description('show opt-outs that wait for an operator, and decide about them')
    .option('--account <name>', 'whose')
    .option('--apply', 'put them on the list')
    .option('--discard', 'drop them, as they are forged')
    .option('--json', 'print one JSON document: [{account, optOuts, since}], or {decided}')
    .addHelpText('after', heldExamples)
    .action((flags: HeldFlags) =>
      withSiaran(({ ctx }) => (flags.apply || flags.discard ? decide(ctx, flags) : show(ctx, flags))),
    );
  command
    .command('undo')
    .description('take numbers off the list again that callbacks or an import put there, by where they came from')
    .option('--account <name>', 'told of this account')
    .option('--since <instant>', 'told since then', readInstant)
    .option('--until <instant>', 'told until then', readInstant)
    .option('--batch <id>', "told of this batch's messages")
    .option('--message <id>', 'told of this message')
    .option('--import <id>', 'instead: what this siaran suppress import added')
    .option('--json', 'print one JSON document, {optOuts, removed}')
    .addHelpText('after', undoExamples)
    .action(({ batch: batchId, message: messageId, import: importId, json, ...source }: UndoFlags) =>
      withSiaran(async ({ ctx }) => {
        const chosen = { ...source, batchId, messageId };
        if (importId !== undefined && Object.values(chosen).some((value) => value !== undefined))
          throw new UsageError('--import undoes an import, and goes with no other source.');
        const detail = { ...chosen, importId };
        const undone = await audited(ctx, { action: 'undo opt-outs', detail }, async () =>
          importId === undefined
            ? undoOptOutsOf(ctx, chosen)
            : { optOuts: 0, removed: await undoImport(ctx, importId) },
        );
        if (json) return printJson(undone);
        await print(`${plural(undone.optOuts, 'opt-out')} undone, ${plural(undone.removed, 'number')} removed.`);
      }),
    );
}

async function show(ctx: Context, { account, json }: HeldFlags): Promise<void> {
  const held = await listHeldOptOuts(ctx, account);
  if (json) return printJson(held);
  const lines = held.map(
    (each) => `${each.account}: ${plural(each.optOuts, 'opt-out')}, held since ${showInstant(each.since)}`,
  );
  await print(lines.length === 0 ? 'No opt-outs are held.' : lines.join('\n'));
}

async function decide(ctx: Context, { account, apply, discard, json }: HeldFlags): Promise<void> {
  if (account === undefined || (apply && discard))
    throw new UsageError('Say whose opt-outs are decided with --account, and either --apply or --discard.');
  const decision = apply ? 'apply' : 'discard';
  const act = { action: 'decide opt-outs', detail: { account, decision } } as const;
  const decided = await audited(ctx, act, () => decideHeldOptOuts(ctx, account, decision));
  if (json) return printJson({ decided });
  await print(`${plural(decided, 'opt-out')} ${apply ? 'applied' : 'discarded'}.`);
}
