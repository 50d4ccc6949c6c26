import { randomUUID } from 'node:crypto';
import type { DeliveryContext } from '../../context.js';
import { isLimited } from '../../domain/runs/delivery.js';
import { decideStart } from '../../domain/timing/batch-start.js';
import type { WaitingMessage } from '../../store/message-groups.js';
import { traced } from '../traced.js';
import { sendBatch } from './send.js';

/**
 * Delivers a message that nothing stands in the way of, without claiming it first: its intent takes it as it was read, and shares its
 * statements with messages that are delivered at the same time. Returns whether the delivery was begun. If not, nothing has changed, and the
 * message goes the way of all batches: it has a limit, is suppressed, held or too late, is the first of its run, or somebody else has it.
 */
export async function deliverMessage(ctx: DeliveryContext, batchId: string, account: string): Promise<boolean> {
  if (ctx.config.accounts.get(account)?.rateLimit) return false;
  const message = await ctx.messages.read(batchId, randomUUID());
  if (!message || ctx.stopping.aborted) return false;
  const outcome = await traced(ctx, 'send', message, () => sendBatch(ctx, message, () => intend(ctx, message)));
  return outcome !== 'not begun';
}

async function intend(ctx: DeliveryContext, message: WaitingMessage) {
  const { delivery } = message;
  if (isLimited(delivery) || delivery.handOverAheadMs !== null) return undefined;
  const decidedAt = message.now();
  const decision = decideStart({ ...message, recipients: 1 }, { run: [], portfolio: [] }, decidedAt);
  if (decision.kind !== 'start') return undefined;
  const { startedAt, movedBy } = decision;
  const { worker, config } = ctx;
  return ctx.messages.intend({ message, worker, decidedAt, startedAt, movedBy, ttlMs: config.claimTtlMs });
}
