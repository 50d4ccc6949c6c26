import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryContext } from '../../context.js';
import { isLimited } from '../../domain/delivery/delivery.js';
import { decideStart } from '../../domain/timing/batch-start.js';
import type { Attempt } from '../../store/attempts.js';
import type { WaitingMessage } from '../../store/message-groups.js';
import { traced } from '../traced.js';
import { sendBatch } from './send.js';

/** Whoever adds to a run or stops it is through sooner, mostly; after that, the message waits for the lock as all batches do. */
const longestLockMs = 1_000;
const askAgainMs = 5;

/**
 * Delivers a message that nothing stands in the way of, without claiming it first: its intent takes it as it was read, and shares its
 * statements with messages that are delivered at the same time. `not begun`: nothing has changed, and the message goes the way of all
 * batches: it has a limit, is suppressed, held or too late, its template isn't approved, is the first of its run, or somebody else has it.
 */
export async function deliverMessage(
  ctx: DeliveryContext,
  batchId: string,
  account: string,
): Promise<'done' | 'not begun'> {
  if (ctx.config.accounts.get(account)?.rateLimit) return 'not begun';
  const message = await ctx.messages.read(batchId, randomUUID());
  if (!message) return 'done';
  if (message === 'unusual' || ctx.stopping.aborted) return 'not begun';
  if (await ctx.approvals.isUnapproved(account, message.templateDetailId)) return 'not begun';
  const outcome = await traced(ctx, 'send', message, () => sendBatch(ctx, message, () => intend(ctx, message)));
  return outcome === 'not begun' ? 'not begun' : 'done';
}

async function intend(ctx: DeliveryContext, message: WaitingMessage): Promise<Attempt | undefined> {
  const { delivery } = message;
  if (isLimited(delivery) || delivery.handOverAheadMs !== null) return undefined;
  const { worker, config } = ctx;
  for (const until = performance.now() + longestLockMs; performance.now() < until; await sleep(askAgainMs)) {
    const decidedAt = message.now();
    const decision = decideStart({ ...message, recipients: 1 }, { run: [], portfolio: [] }, decidedAt);
    if (decision.kind !== 'start') return undefined;
    const { startedAt, movedBy } = decision;
    const intent = { message, worker, decidedAt, startedAt, movedBy, ttlMs: config.claimTtlMs };
    const attempt = await ctx.messages.intend(intent);
    if (attempt !== 'locked') return attempt;
  }
  return undefined;
}
