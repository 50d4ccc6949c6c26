import type { Context } from '../context.js';
import { keepTraceparent, traceparentOf } from '../store/run-traces.js';
import type { Step, TellOutcome } from '../telemetry/trace.js';

/** Runs that a process has to do with at the same time; beyond them, the ledger is asked again. */
const mostKept = 1_000;

const kept = new WeakMap<Context['db'], Map<string, string>>();

/** Does a step within a span of its run's trace, if there is tracing. */
export async function traced<T>(
  ctx: Context,
  step: Step,
  { runId, batchId }: { runId: string; batchId?: string },
  work: (tell: TellOutcome) => Promise<T>,
): Promise<T> {
  if (!ctx.trace) return work(() => {});
  const parent = await parentOf(ctx, ctx.trace, runId);
  return ctx.trace.step(step, { runId, parent, ...(batchId !== undefined && { batchId }) }, work);
}

/** Begins a run's trace in the program that starts the run. */
export async function beginTrace(ctx: Context, runId: string): Promise<void> {
  if (ctx.trace) await parentOf(ctx, ctx.trace, runId);
}

/** What the run's spans belong to; a run that was started without a trace gets one with its first step that is traced. */
async function parentOf(
  ctx: Context,
  trace: NonNullable<Context['trace']>,
  runId: string,
): Promise<string | undefined> {
  const known = kept.get(ctx.db) ?? new Map<string, string>();
  kept.set(ctx.db, known);
  const before = known.get(runId);
  if (before !== undefined) return before;
  const keep = (traceparent: string) => keepTraceparent(ctx.db, runId, traceparent);
  try {
    const found = (await traceparentOf(ctx.db, runId)) ?? (await trace.begin(runId, keep));
    if (known.size >= mostKept) known.clear();
    if (found !== undefined) known.set(runId, found);
    return found;
  } catch (err) {
    ctx.logger.debug({ err, runId }, 'its trace is not known');
    return undefined;
  }
}
