import type { DeliveryContext } from '../src/context.js';
import { prepareNext } from '../src/pipeline/campaigns/prepare.js';
import { type Repeating, repeat } from './repeat.js';

const everyMs = 1_000;

/** A large audience must not keep a small one waiting: a process has several of these. */
export const preparationsAtATime = 2;

/** Reads the audiences of firings that wait for it, those that this process can read, one after the other. */
export function startPrepareTimer(ctx: DeliveryContext): Repeating {
  return repeat(
    everyMs,
    async () => {
      while (!ctx.stopping.aborted && (await prepareNext(ctx, ctx.stopping)));
    },
    (err) => ctx.logger.warn({ err }, 'no firing prepared'),
  );
}
