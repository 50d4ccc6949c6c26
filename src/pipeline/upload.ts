import type { DeliveryContext } from '../context.js';
import { isRefusalIn2xx, isSuccess, providerWords, readBroadcastFile } from '../qiscus/answers.js';
import { broadcastCsv } from '../qiscus/broadcast-csv.js';
import { type Claim, keepClaim, recordRefusedUpload, recordUpload, releaseClaim } from '../store/claims.js';
import type { Json } from '../store/database.js';
import { liftProbedHolds } from '../store/holds.js';
import { recipientsOfBatch } from '../store/recipients.js';
import { holdAccountFor, troubleOf } from './hold.js';

/** An upload's claim is short and kept alive, so that a dead worker's batch goes on within seconds. */
const longestUploadClaimMs = 5_000;

export function uploadClaimMs(ctx: DeliveryContext): number {
  return Math.min(ctx.config.claimTtlMs, longestUploadClaimMs);
}

/**
 * Makes the batch's broadcast file and uploads it. Uploading sends nothing, so it may be repeated as often as need be.
 * Returns whether the file is there and still ours to send.
 */
export async function uploadBatch(ctx: DeliveryContext, claim: Claim): Promise<boolean> {
  const log = ctx.logger.child({ runId: claim.runId, batchId: claim.batchId });
  const kept = keepAlive(ctx, claim);
  try {
    const answer = await ctx.qiscus.upload(await broadcastFile(ctx, claim));
    const file = 'status' in answer ? readBroadcastFile(answer) : undefined;
    if (file) {
      const upload = { broadcastFileId: file.broadcastFileId, answer: file.answer as Json, ttlMs: uploadClaimMs(ctx) };
      const recorded = await recordUpload(ctx.db, claim, upload);
      if (claim.probing) await liftProbedHolds(ctx.db, claim.account);
      log.info({ broadcastFileId: file.broadcastFileId, recipients: claim.size, recorded }, 'uploaded');
      return recorded;
    }
    if ('status' in answer && isThisFilesFault(answer)) {
      await recordRefusedUpload(ctx.db, claim, providerWords(answer));
      if (claim.probing) await liftProbedHolds(ctx.db, claim.account);
      log.warn({ error: providerWords(answer) }, 'upload refused');
      return false;
    }
    await holdAccountFor(ctx, claim.account, troubleOf(answer));
    await releaseClaim(ctx.db, claim);
    return false;
  } finally {
    kept.stop();
  }
}

async function broadcastFile(ctx: DeliveryContext, claim: Claim) {
  const recipients = await recipientsOfBatch(ctx.db, claim.runId, claim.number);
  if (recipients.length !== claim.size)
    throw new Error(
      `batch ${claim.batchId} has ${recipients.length} recipients in the ledger and should have ${claim.size}`,
    );
  return {
    csv: broadcastCsv(claim.columns, claim.separator, recipients),
    fileName: `${claim.batchId}.csv`,
    templateDetailId: claim.templateDetailId,
    separator: claim.separator,
  };
}

/** What would be refused again with any account and at any time. Anything else is about the account or the network. */
function isThisFilesFault(answer: { status: number; retryAfter: string | undefined; text: string }): boolean {
  if (isSuccess(answer)) return isRefusalIn2xx(answer);
  return answer.status < 500 && ![401, 402, 403, 408, 409, 429].includes(answer.status);
}

function keepAlive(ctx: DeliveryContext, claim: Claim): { stop(): void } {
  const ttlMs = uploadClaimMs(ctx);
  const beat = setInterval(() => {
    keepClaim(ctx.db, claim, ttlMs).catch((err) =>
      ctx.logger.warn({ err, batchId: claim.batchId }, 'claim not kept alive'),
    );
  }, ttlMs / 3);
  return { stop: () => clearInterval(beat) };
}
