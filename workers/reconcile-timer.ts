import type { Context } from '../src/context.js';
import type { Pulse } from '../src/monitoring/health.js';
import { lookForForgotten, reconcile } from '../src/pipeline/reconcile/reconcile.js';
import { settingsOfWorker } from '../src/pipeline/views/disagreements.js';
import { isRedisFull } from '../src/queue/redis/redis-faults.js';
import { type Repeating, repeat } from './repeat.js';

const forgottenEveryMs = 60_000;

/** Nothing that waits for its delivery waits for this. */
const lookAtAllEveryMs = 10_000;

/** Reconciles at once and every so often (`SIARAN_RECONCILE_EVERY`), until it is stopped. A pass that fails is logged, and the next one tries again. */
export function startReconcileTimer(ctx: Context, pulse: Pulse): Repeating {
  const settings = JSON.stringify(settingsOfWorker(ctx.config));
  let lookedAt = 0;
  let lookedAtAll = Number.NEGATIVE_INFINITY;
  const work = async () => {
    const isWhole = performance.now() - lookedAtAll >= lookAtAllEveryMs;
    if (isWhole) await ctx.clock.check();
    else ctx.clock.assertRight();
    // A look that fails is no reason for what is urgent to fail with it each time.
    if (isWhole) lookedAtAll = performance.now();
    await reconcile(ctx, isWhole ? 'at all' : 'at what is urgent');
    if (Date.now() - lookedAt >= forgottenEveryMs) {
      lookedAt = Date.now();
      await lookForForgotten(ctx);
    }
    await ctx.heartbeats.beat(ctx.worker, [...ctx.config.accounts.keys()], settings);
  };
  const pass = async () => {
    try {
      await work();
      pulse.beat();
    } catch (error) {
      // A full Redis has answered, and to start this worker anew would not empty it.
      if (isRedisFull(error)) pulse.beat();
      throw error;
    }
  };
  const passes = repeat(ctx.config.reconcileEveryMs, pass, (err) => ctx.logger.warn({ err }, 'reconcile failed'));
  return {
    async close() {
      await passes.close();
      await ctx.heartbeats.stop(ctx.worker).catch((err) => ctx.logger.debug({ err }, 'heartbeat not taken back'));
    },
  };
}
