import type { DeliveryContext } from '../../context.js';
import { type Claim, releaseClaim } from '../../store/claims.js';

/** `limited`: the account's rate limit is used up, and the batch waits as it was. */
export type Delivered = 'done' | 'limited';

/** Whether a delivery of this account may begin now. If not, no worker takes one before it may. */
export async function isWithinRate(ctx: DeliveryContext, account: string): Promise<boolean> {
  const limit = ctx.config.accounts.get(account)?.rateLimit;
  if (!limit) return true;
  const waitMs = await ctx.rateLimits.waitMs(account, limit);
  if (waitMs > 0) await ctx.hints.restDeliveries(account, waitMs);
  return waitMs === 0;
}

/**
 * Delivers a claimed batch within its account's rate limit, over all processes. If the limit is used up, the claim is released.
 * @param deliver returns whether Qiscus was asked for anything: if not, the permit is given back.
 */
export async function withPermit(
  ctx: DeliveryContext,
  claim: Claim,
  deliver: () => Promise<boolean>,
): Promise<Delivered> {
  const { account, token } = claim;
  const limit = ctx.config.accounts.get(account)?.rateLimit;
  if (!limit) {
    await deliver();
    return 'done';
  }
  const waitMs = await ctx.rateLimits.take(account, limit, token).catch(async (error) => {
    await releaseClaim(ctx.db, claim);
    throw error;
  });
  if (waitMs > 0) {
    await releaseClaim(ctx.db, claim);
    await ctx.hints.restDeliveries(account, waitMs);
    return 'limited';
  }
  // A delivery that fails may have asked for something.
  if (!(await deliver())) await ctx.rateLimits.giveBack(account, token);
  return 'done';
}
