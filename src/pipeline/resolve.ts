import type { Context } from '../context.js';
import type { BatchStatus } from '../domain/batch.js';
import { formatDuration } from '../domain/duration.js';
import { isLabel } from '../domain/label.js';
import { NotFoundError, SiaranError, UsageError } from '../errors.js';
import { type Resolution, resolveUnknown, settlingOf } from '../store/attempts.js';

export type ResolveOptions = {
  /** Who found it out; kept with the batch. */
  by: string;
  reason?: string;
};

/**
 * Settles an unknown batch: it was sent, as the broadcast job that was found at the provider, or it certainly wasn't and may
 * go out again. A late answer of the provider that says otherwise shows as an extra send.
 * @throws {SiaranError} `NOT_UNKNOWN`, or `NOT_SETTLED` when it is too early to say that it wasn't sent.
 */
export async function resolve(
  ctx: Context,
  batchId: string,
  resolution: Resolution,
  { by, reason }: ResolveOptions,
): Promise<{ batchId: string; status: BatchStatus }> {
  if ('sent' in resolution && !(Number.isSafeInteger(resolution.sent) && resolution.sent > 0))
    throw new UsageError('A broadcast job id is a positive whole number, as Qiscus shows it.');
  for (const text of [by, reason])
    if (text !== undefined && !isLabel(text))
      throw new UsageError('by and reason must be texts of 1 to 200 characters.');
  const { settleAfterMs } = ctx.config;
  const status = await resolveUnknown(ctx.db, batchId, resolution, { by, reason: reason ?? null, settleAfterMs });
  if (status) return { batchId, status };
  const settling = await settlingOf(ctx.db, batchId, settleAfterMs);
  if (!settling) throw new NotFoundError('batch', batchId);
  if (settling.status !== 'unknown')
    throw new SiaranError(
      'NOT_UNKNOWN',
      `Batch ${batchId} is ${settling.status}; only an unknown batch can be resolved.`,
    );
  throw new SiaranError(
    'NOT_SETTLED',
    `Qiscus may still be working on the request of batch ${batchId}: wait ${formatDuration(roundUp(settling.waitMs))}, or use --force if you know better.`,
    { retryable: true },
  );
}

/** To whole seconds, or minutes where seconds don't matter. */
function roundUp(ms: number): number {
  const unit = ms > 120_000 ? 60_000 : 1_000;
  return Math.ceil(ms / unit) * unit;
}
