import type { Context } from '../../context.js';
import { show } from '../../domain/delivery/delivery.js';
import { type BatchStatus, partsOfBatchId } from '../../domain/runs/batch.js';
import { isLabel } from '../../domain/runs/label.js';
import { describeEvidence } from '../../domain/statuses/evidence.js';
import { formatDuration } from '../../domain/timing/duration.js';
import { NotFoundError, SiaranError, UsageError } from '../../errors.js';
import { lockSends } from '../../store/evidence.js';
import {
  lockResolutions,
  type Resolution,
  type Resolvability,
  resolvability,
  resolveUnknown,
} from '../../store/resolutions.js';
import { lockRunState } from '../../store/runs.js';
import { requireAsSeen } from '../../store/states.js';
import { purgedError } from '../require-run.js';

/** Who resolves a batch, and why. */
export type ResolveOptions = {
  /** Who found it out, in 1 to 200 characters; kept with the batch. */
  by: string;
  /** How it was found out, in 1 to 200 characters; kept with the batch. */
  reason?: string;
  /** The state of the batch that the caller saw: if it is another one by now, the call fails (`CHANGED_MEANWHILE`). */
  ifState?: string | undefined;
};

/** A batch that was resolved. */
export type Resolved = {
  /** The batch's id. */
  batchId: string;
  /** `scheduled` if it was sent. Otherwise `uploaded` or `pending`, and it goes out again; `cancelled` if its run is cancelled. */
  status: BatchStatus;
};

/**
 * Settles an unknown batch: it was sent, as the broadcast job that was found at the provider, or it certainly wasn't and may
 * go out again. With `correct`, what was decided about it before is replaced, as long as nothing was sent since. A late answer
 * of the provider that says otherwise shows as an extra send.
 * @throws {SiaranError} `NOT_UNKNOWN`; `JOB_TAKEN` when another batch has this job; `EVIDENCE` when callbacks tell that it was
 * sent and it is said not to be; `NOT_SETTLED` when it is too early to say that.
 */
export async function resolve(
  ctx: Context,
  batchId: string,
  resolution: Resolution,
  { by, reason, ifState }: ResolveOptions,
): Promise<Resolved> {
  refuseUnreadable(resolution, by, reason);
  const { settleAfterMs } = ctx.config;
  const jobId = 'sent' in resolution ? resolution.sent : null;
  return ctx.db.$transaction(async (tx) => {
    await lockResolutions(tx);
    await lockSends(tx, batchId);
    // Callbacks that are being matched to this run's batches are waited for, and later ones see what is decided here.
    const run = await lockRunState(tx, partsOfBatchId(batchId)[0]);
    if (run?.purgedAt && 'notSent' in resolution) throw purgedError(run.id, run.purgedAt, 'sends nothing again');
    await requireAsSeen(tx, 'batch', batchId, ifState);
    const status = await resolveUnknown(tx, batchId, resolution, { by, reason: reason ?? null, settleAfterMs });
    if (status) return { batchId, status };
    throw refusal(batchId, resolution, await resolvability(tx, batchId, jobId, settleAfterMs));
  });
}

function refuseUnreadable(resolution: Resolution, by: string, reason: string | undefined): void {
  // What says neither, as one whose name is misspelt, must not be taken for "not sent": its people would be messaged again.
  const said = ['sent', 'notSent'].filter((name) => Object.hasOwn(resolution, name));
  if (said.length !== 1 || ('notSent' in resolution && resolution.notSent !== true))
    throw new UsageError(
      'The resolution says neither or both: it is { sent: JOB_ID }, with the id of the broadcast job at Qiscus, or { notSent: true }.',
    );
  if ('sent' in resolution && !(Number.isSafeInteger(resolution.sent) && resolution.sent > 0))
    throw new UsageError(
      `sent is ${show(resolution.sent)}; it is the id of a broadcast job, a positive whole number, as Qiscus shows it.`,
    );
  if ('notSent' in resolution)
    for (const name of ['despiteEvidence', 'seen'] as const) {
      const { [name]: count } = resolution;
      if (count !== undefined && !(Number.isInteger(count) && count >= 0 && count < 2 ** 31))
        throw new UsageError(`${name} is ${show(count)}; it is a number of messages of the batch, a whole number.`);
    }
  for (const text of [by, reason])
    if (text !== undefined && !isLabel(text))
      throw new UsageError('by and reason must be texts of 1 to 200 characters.');
}

/** Why a resolution changed nothing. */
function refusal(batchId: string, resolution: Resolution, found: Resolvability | undefined): Error {
  if (!found) return new NotFoundError('batch', batchId);
  const { status, size, of, isDecided, reported, waitMs, takenBy } = found;
  const isOverruled =
    'notSent' in resolution && resolution.despiteEvidence === size && reported <= (resolution.seen ?? reported);
  if ('notSent' in resolution && reported > 0 && !isOverruled && (status === 'unknown' || isDecided))
    return new SiaranError('EVIDENCE', evidenceWords(batchId, size, { reported, of }));
  if (status !== 'unknown' && !isDecided)
    return new SiaranError(
      'NOT_UNKNOWN',
      `Batch ${batchId} is ${status}; only an unknown batch can be resolved, and only an earlier resolution can be corrected.`,
    );
  if (status !== 'unknown' && !resolution.correct)
    return new SiaranError(
      'NOT_UNKNOWN',
      `Batch ${batchId} is ${status}, as it was settled before. If that was wrong, add --correct (correct: true).`,
    );
  if ('sent' in resolution && takenBy !== null)
    return new SiaranError(
      'JOB_TAKEN',
      `JOB_TAKEN: batch ${takenBy} has broadcast job ${resolution.sent}. Look again for the one whose name begins with [${batchId}.`,
    );
  return new SiaranError(
    'NOT_SETTLED',
    `Qiscus may still be working on the request of batch ${batchId}: wait ${formatDuration(roundUp(waitMs))}, or use --force if you know that it is not.`,
    { retryable: true },
  );
}

function evidenceWords(batchId: string, size: number, told: { reported: number; of: number }): string {
  return (
    `EVIDENCE: of batch ${batchId}, ${describeEvidence(told)}. Find its broadcast job at Qiscus and use --sent JOB_ID. ` +
    `Only if you are sure that it was not sent: --despite-evidence, with the batch's size, ${size}.`
  );
}

/** To whole seconds, or minutes where seconds don't matter. */
function roundUp(ms: number): number {
  const unit = ms > 120_000 ? 60_000 : 1_000;
  return Math.ceil(ms / unit) * unit;
}
