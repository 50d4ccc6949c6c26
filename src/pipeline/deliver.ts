import { randomUUID } from 'node:crypto';
import type { DeliveryContext } from '../context.js';
import { type Claim, claimBatch, releaseClaim } from '../store/claims.js';
import { dropSuppressed } from './drop-suppressed.js';
import { hintDeliveries } from './hint-deliveries.js';
import { sendBatch } from './send.js';
import { traced } from './traced.js';
import { uploadBatch, uploadClaimMs } from './upload.js';

/**
 * Delivers a batch as far as it goes: whoever opted out is left out, its file is uploaded, then sent; a message is sent without
 * one. Whoever doesn't get the claim has nothing to do:
 * somebody else has it, or it may not be delivered at the moment, and reconcile will ask again.
 */
export async function deliverBatch(
  ctx: DeliveryContext,
  batchId: string,
  options: { probing: boolean },
): Promise<void> {
  const claimed = await claimBatch(ctx.db, {
    batchId,
    accounts: [...ctx.config.accounts.keys()],
    token: randomUUID(),
    ttlMs: uploadClaimMs(ctx),
    ...options,
  });
  if (!claimed) return;
  await deliverClaimed(ctx, claimed);
  if (claimed.oneByOne) await hintDeliveries(ctx, claimed.runId);
}

async function deliverClaimed(ctx: DeliveryContext, claimed: Claim): Promise<void> {
  const claim = await dropSuppressed(ctx, claimed);
  if (!claim) return;
  const needsUpload = !claim.individual && (claim.probing || claim.status === 'pending');
  if (needsUpload && !(await upload(ctx, claim))) return;
  // A send that is begun after the stop might not be recorded before the end.
  if (ctx.stopping.aborted) await releaseClaim(ctx.db, claim);
  else await traced(ctx, 'send', claim, () => sendBatch(ctx, claim));
}

function upload(ctx: DeliveryContext, claim: Claim): Promise<boolean> {
  return traced(ctx, 'upload', claim, async (tell) => {
    const isUploaded = await uploadBatch(ctx, claim);
    tell(isUploaded ? 'uploaded' : 'not_uploaded');
    return isUploaded;
  });
}
