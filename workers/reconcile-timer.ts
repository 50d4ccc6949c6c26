import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../src/context.js';
import { lookForForgotten, reconcile } from '../src/pipeline/reconcile.js';

const everyMs = 2_000;
const forgottenEveryMs = 60_000;

/** Reconciles at once and every few seconds, until it is stopped. A pass that fails is logged, and the next one tries again. */
export function startReconcileTimer(ctx: Context): { close(): Promise<void> } {
  const stop = new AbortController();
  const running = run(ctx, stop.signal);
  return {
    async close() {
      stop.abort();
      await running;
      await ctx.heartbeats.stop(ctx.worker).catch((err) => ctx.logger.debug({ err }, 'heartbeat not taken back'));
    },
  };
}

async function run(ctx: Context, signal: AbortSignal): Promise<void> {
  for (let lookedAt = 0; !signal.aborted; ) {
    try {
      await reconcile(ctx);
      if (Date.now() - lookedAt >= forgottenEveryMs) {
        await lookForForgotten(ctx);
        lookedAt = Date.now();
      }
      await ctx.heartbeats.beat(ctx.worker);
    } catch (err) {
      ctx.logger.warn({ err }, 'reconcile failed');
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
