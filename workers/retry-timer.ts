import type { DeliveryContext } from '../src/context.js';
import { retryNext } from '../src/pipeline/resending/retry-failures.js';
import { type Repeating, repeat } from './repeat.js';

/** Turns are hours apart. */
const everyMs = 30_000;

/** Sends runs again that ask for it, one after the other. Not with reconcile: who waits for room in a run's buffer would hold that up. */
export function startRetryTimer(ctx: DeliveryContext): Repeating {
  return repeat(
    everyMs,
    async () => {
      while (!ctx.stopping.aborted && (await retryNext(ctx)));
    },
    (err) => ctx.logger.warn({ err }, 'no run sent again by itself'),
  );
}
