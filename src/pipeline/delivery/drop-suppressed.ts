import type { DeliveryContext } from '../../context.js';
import { identityIn, type RecipientLine } from '../../domain/recipients/recipient.js';
import { emptiedFirstHold } from '../../domain/runs/run.js';
import { type Claim, keepClaim, leaveOut, releaseClaim } from '../../store/claims.js';
import { holdRun, lockRunContent } from '../../store/runs.js';
import { isAnybodySuppressed, suppressedAmong } from '../../store/suppressions.js';
import { wasLedgerWhole } from '../check-ledger.js';
import { uploadClaimMs } from './upload.js';

/**
 * Leaves suppressed recipients out of a claimed batch. It is then `pending` without them, so that its file is made again. Returns
 * the claim as it is then; `undefined` if no recipient is left, or it can't be done now.
 */
export async function dropSuppressed(ctx: DeliveryContext, claim: Claim): Promise<Claim | undefined> {
  const db = ctx.db;
  if (!hasForgotten(claim) && !(await isAnybodySuppressed(db))) return claim;
  const lines = claim.lines?.split('\n') ?? [];
  const suppressed = await suppressedAmong(db, lines.map(identityIn));
  if (suppressed.size === 0) return claim;
  const kept = lines.filter((line) => !suppressed.has(identityIn(line)));
  // A ledger that went back may believe of a batch that it waits although it was sent, to all of them.
  const isDone = (await wasLedgerWhole(ctx)) && (await changeBatch(ctx, claim, { lines, kept, suppressed }));
  if (!isDone) {
    await releaseClaim(ctx.db, claim);
    return undefined;
  }
  const log = ctx.logger.child({ runId: claim.runId, batchId: claim.batchId });
  log.info({ suppressed: lines.length - kept.length, left: kept.length }, 'suppressed recipients left out');
  if (kept.length === 0) return undefined;
  return { ...claim, status: 'pending', size: kept.length, lines: kept.join('\n') };
}

/** Whether a digest stands in the place of a number. */
function hasForgotten({ lines }: Claim): boolean {
  return lines?.includes('["-') ?? false;
}

/** A batch's lines, those of them that it keeps, and the identities of the others. */
type Leaving = { lines: readonly RecipientLine[]; kept: readonly RecipientLine[]; suppressed: ReadonlySet<string> };

/** `false`: the claim was lost, and nothing changed. */
async function changeBatch(ctx: DeliveryContext, claim: Claim, { lines, kept, suppressed }: Leaving): Promise<boolean> {
  return ctx.db.$transaction(async (tx) => {
    const run = await lockRunContent(tx, claim.runId);
    if (!run || !(await keepClaim(tx, claim, uploadClaimMs(ctx)))) return false;
    // Before the batch changes, as its trigger tells the hold with its reason.
    const isFirst = run.heldKind === 'first' && claim.number === 1;
    if (isFirst && kept.length === 0) await holdRun(tx, claim.runId, emptiedFirstHold);
    const dropped = lines.length - kept.length;
    return leaveOut(tx, claim, { kept, dropped, suppressed, runNumber: run.number });
  });
}
