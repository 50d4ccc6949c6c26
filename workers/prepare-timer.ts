import type { DeliveryContext } from '../src/context.js';
import { prepareNext } from '../src/pipeline/campaigns/prepare.js';
import { prepareNextDraft } from '../src/pipeline/drafts/prepare-draft.js';
import { type Repeating, repeat } from './repeat.js';

const everyMs = 3_000;

/**
 * Reads the audiences of firings and the rows of confirmed drafts that wait for it, those that this process can read, one after the other. A large audience must not keep a small one
 * waiting: while one is read, others are looked for beside it.
 */
export function startPrepareTimer(ctx: DeliveryContext): Repeating {
  let isReading = false;
  const readAll = async () => {
    // One after the other, so that neither keeps the other waiting.
    for (let isMore = true; isMore && !ctx.stopping.aborted; ) {
      const wasFiring = await prepareNext(ctx, ctx.stopping);
      const wasDraft = !ctx.stopping.aborted && (await prepareNextDraft(ctx, ctx.stopping));
      isMore = wasFiring || wasDraft;
    }
  };
  const failed = (err: unknown) => ctx.logger.warn({ err }, 'nothing prepared');
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
