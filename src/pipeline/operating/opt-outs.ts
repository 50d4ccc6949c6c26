import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import {
  type HeldOptOuts,
  heldOptOuts,
  type OptOutSource,
  settleHeldOptOuts,
  undoOptOuts,
} from '../../store/opt-outs.js';

/** Opt-outs that wait for an operator, as more came within a minute than are ordinary. */
export function listHeldOptOuts(ctx: Context, account?: string): Promise<HeldOptOuts[]> {
  return heldOptOuts(ctx.db, account);
}

/** Puts an account's held opt-outs on the suppression list, or drops them as forged. Returns how many there were. */
export function decideHeldOptOuts(ctx: Context, account: string, decision: 'apply' | 'discard'): Promise<number> {
  return ctx.db.$transaction((tx) => settleHeldOptOuts(tx, account, decision));
}

/** Undoes what came of a source: numbers that are on the list for no other reason go from it. @throws {UsageError} if none is named. */
export function undoOptOutsOf(ctx: Context, source: OptOutSource): Promise<{ optOuts: number; removed: number }> {
  if (Object.values(source).every((value) => value === undefined))
    throw new UsageError('Name the opt-outs to undo: by account, time, batch or message.');
  return ctx.db.$transaction((tx) => undoOptOuts(tx, source));
}
