import type { DeliveryContext } from '../src/context.js';
import { prepareNext } from '../src/pipeline/campaigns/prepare.js';
import { type Repeating, repeat } from './repeat.js';

const everyMs = 3_000;

/**
 * Reads the audiences of firings that wait for it, those that this process can read, one after the other. A large audience must not keep a small one
 * waiting: while one is read, others are looked for beside it.
 */
export function startPrepareTimer(ctx: DeliveryContext): Repeating {
  let isReading = false;
  const readAll = async () => {
    while (!ctx.stopping.aborted && (await prepareNext(ctx, ctx.stopping)));
  };
  const failed = (err: unknown) => ctx.logger.warn({ err }, 'no firing prepared');
  const reader = repeat(
    everyMs,
    async () => {
      isReading = true;
      await readAll().finally(() => {
        isReading = false;
      });
    },
    failed,
  );
  const beside = repeat(everyMs, async () => (isReading ? readAll() : undefined), failed);
  return {
    async close() {
      await Promise.all([reader.close(), beside.close()]);
    },
  };
}
