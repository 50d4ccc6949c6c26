import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../src/context.js';
import { reconcile } from '../src/pipeline/reconcile.js';

const everyMs = 2_000;

/** Reconciles at once and every few seconds, until it is stopped. A pass that fails is logged, and the next one tries again. */
export function startReconcileTimer(ctx: Context): { close(): Promise<void> } {
  const stop = new AbortController();
  const running = run(ctx, stop.signal);
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}

async function run(ctx: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await reconcile(ctx).catch((err) => ctx.logger.warn({ err }, 'reconcile failed'));
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
