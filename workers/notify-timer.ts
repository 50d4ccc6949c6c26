import type { DeliveryContext } from '../src/context.js';
import { sendNotices } from '../src/pipeline/reconcile/notify.js';
import { type Repeating, repeat } from './repeat.js';

const everyMs = 2_000;

/** Tells the webhook at once and every few seconds, apart from reconciling: a slow receiver must not hold that up. */
export function startNotifyTimer(ctx: DeliveryContext): Repeating {
  return repeat(
    everyMs,
    () => sendNotices(ctx),
    (err) => ctx.logger.warn({ err }, 'notices not sent'),
  );
}
