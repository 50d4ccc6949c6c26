import type { Context } from '../../context.js';
import { deliverableBatches } from '../../store/batches.js';

/** As much of an account as one look takes; what is beyond comes when this is done. */
const mostAtOnce = 1_000;

/** Gives the workers all batches that wait for delivery and may go out; of one run only, if that is given. */
export async function hintDeliveries(ctx: Context, runId?: string): Promise<void> {
  await ctx.hints.deliver(await deliverableBatches(ctx.db, [...ctx.config.accounts.keys()], mostAtOnce, runId));
}
