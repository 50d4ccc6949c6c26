import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../src/context.js';
import { prepareNext } from '../src/pipeline/prepare.js';

const everyMs = 1_000;

/** A large audience must not keep a small one waiting. */
const atATime = 2;

/** Reads the audiences of firings that wait for it, those that this process can read, until it is stopped. */
export function startPrepareTimer(ctx: Context): { close(): Promise<void> } {
  const stop = new AbortController();
  const running = Array.from({ length: atATime }, () => run(ctx, stop.signal));
  return {
    async close() {
      stop.abort(new Error('this worker stops'));
      await Promise.all(running);
    },
  };
}

async function run(ctx: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const found = await prepareNext(ctx, signal).catch((err) => ctx.logger.warn({ err }, 'no firing prepared'));
    if (!found) await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
