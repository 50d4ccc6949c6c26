import type { Context } from '../../context.js';
import { patiently, waitUnlessClosing } from '../patience.js';
import { closedError } from '../service-error.js';
import { type RunView, viewRun } from './view-run.js';

const lookEveryMs = 500;

/**
 * The run each time that it has changed, until it is finished. Leaving the loop ends the watching; so does `signal`, which
 * needs no change of the run for it.
 */
export async function* watchRun(ctx: Context, id: string, signal?: AbortSignal): AsyncGenerator<RunView> {
  // Of a Siaran that was closed before, its end must not look like that of the run.
  if (ctx.closing.aborted) throw closedError();
  for (let before = ''; !ctx.closing.aborted && !signal?.aborted; await waitUnlessClosing(ctx, lookEveryMs)) {
    const view = await patiently(ctx, () => viewRun(ctx, id));
    const now = JSON.stringify(view);
    if (now !== before) yield view;
    if (view.status === 'finished') return;
    before = now;
  }
}
