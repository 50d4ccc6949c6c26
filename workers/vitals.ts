import type { Worker } from 'bullmq';
import type { Context } from '../src/context.js';
import { within } from '../src/domain/timing/within.js';
import { type Repeating, repeat } from './repeat.js';

const everyMs = 2_000;

/** What Postgres may take for the smallest of all statements, a connection included. */
const longestMs = 3_000;

/** Whether Postgres answers this worker, and its clock is right. As long as not, no step of it gets on: its queue jobs are for others. */
export class Vitals {
  isWell = true;
}

/**
 * Asks Postgres for its time every two seconds. While it doesn't answer, or the clock is off, these workers take no job: they would only keep it from a worker whose
 * way to Postgres is open.
 */
export function startVitals(ctx: Context, vitals: Vitals, workers: readonly Worker[]): Repeating {
  const become = async (isWell: boolean) => {
    if (vitals.isWell === isWell) return;
    vitals.isWell = isWell;
    if (isWell) ctx.logger.warn('taking queue jobs again');
    else ctx.logger.warn('taking no queue jobs until Postgres answers and the clock is right');
    for (const worker of workers) {
      if (isWell) void worker.resume();
      // What runs isn't waited for: it may take as long as Postgres is silent.
      else await worker.pause(true);
    }
  };
  const pass = async () => {
    const isWell = await within(longestMs, ctx.clock.check()).then(
      () => true,
      () => false,
    );
    if (!ctx.closing.aborted) await become(isWell);
  };
  return repeat(everyMs, pass, (err) => ctx.logger.warn({ err }, 'queues neither paused nor resumed'));
}
