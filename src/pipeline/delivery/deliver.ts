import { randomUUID } from 'node:crypto';
import type { DeliveryContext } from '../../context.js';
import { type Claim, claimBatch, releaseClaim } from '../../store/claims.js';
import { stopUnapproved } from '../templates/hold-for-template.js';
import { traced } from '../traced.js';
import { deliverMessage } from './deliver-message.js';
import { dropSuppressed } from './drop-suppressed.js';
import { hintDeliveries } from './hint-deliveries.js';
import { type Delivered, isWithinRate, withPermit } from './rate.js';
import { sendBatch } from './send.js';
import { uploadBatch, uploadClaimMs } from './upload.js';

/**
 * Delivers a batch as far as it goes: suppressed recipients are left out, its file is uploaded, then sent. A message is sent without
 * a file. If the claim is refused, return: another worker has the batch, or it may not be delivered now, and reconcile queues it again.
 */
export async function deliverBatch(
  ctx: DeliveryContext,
  batchId: string,
  { probing, account = 'default', waiter }: { probing: boolean; account?: string; waiter?: string },
): Promise<Delivered> {
  const delivered = await deliver(ctx, batchId, probing, account);
  if (waiter !== undefined) ctx.settled.tell(waiter, batchId);
  return delivered;
}

async function deliver(ctx: DeliveryContext, batchId: string, probing: boolean, account: string): Promise<Delivered> {
  // Another worker takes the batch, or this one once its clock is right again.
  if (ctx.clock.isOff) return 'done';
  if (!probing && (await deliverMessage(ctx, batchId, account)) === 'done') return 'done';
  // Asked before the claim, so that batches beyond the rate limit aren't claimed in vain.
  if (!(await isWithinRate(ctx, account))) return 'limited';
  const claimed = await claimBatch(ctx.db, {
    batchId,
    accounts: [...ctx.config.accounts.keys()],
    token: randomUUID(),
    ttlMs: uploadClaimMs(ctx),
    probing,
  });
  if (!claimed || (await stopUnapproved(ctx, claimed))) return 'done';
  const claim = await dropSuppressed(ctx, claimed);
  const delivered = claim ? await withPermit(ctx, claim, () => deliverClaimed(ctx, claim)) : 'done';
  if (claimed.oneByOne) await hintDeliveries(ctx, claimed.runId);
  return delivered;
}

/** Returns whether Qiscus was asked for anything. */
async function deliverClaimed(ctx: DeliveryContext, claim: Claim): Promise<boolean> {
  const needsUpload = !claim.individual && (claim.probing || claim.status === 'pending');
  if (needsUpload && !(await upload(ctx, claim))) return true;
  // A send that is begun after the stop might not be recorded before the end.
  if (!ctx.stopping.aborted)
    return (await traced(ctx, 'send', claim, () => sendBatch(ctx, claim))) === 'asked' || needsUpload;
  await releaseClaim(ctx.db, claim);
  return needsUpload;
}

function upload(ctx: DeliveryContext, claim: Claim): Promise<boolean> {
  return traced(ctx, 'upload', claim, async (tell) => {
    const isUploaded = await uploadBatch(ctx, claim);
    tell(isUploaded ? 'uploaded' : 'not_uploaded');
    return isUploaded;
  });
}
