import * as z from 'zod';
import type { Forecast } from '../../domain/campaigns/forecast.js';
import type { Delivery } from '../../domain/delivery/delivery.js';
import { type CountedDoubt, doubtKinds } from '../../domain/recipients/doubts.js';
import { valuePolicies } from '../../domain/recipients/value.js';
import { batchStatuses } from '../../domain/runs/batch.js';
import { operatorsHolds, runOutcomes } from '../../domain/runs/run.js';
import type { Enqueued } from '../../pipeline/intake/enqueue.js';
import type { StartedRun } from '../../pipeline/intake/start-run.js';
import type { Cancellation, Interruption } from '../../pipeline/operating/pause.js';
import type { Retried } from '../../pipeline/operating/retry.js';
import type { Verification } from '../../pipeline/operating/verify.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { type HoldView, holdKinds } from '../../store/holds.js';
import type { AttemptView } from '../../store/views/attempt-history.js';
import type { JobAhead } from '../../store/views/attention/jobs-ahead.js';
import type { BatchView } from '../../store/views/batch-views.js';
import { approval, count, instant, retries } from './basic.js';
import { messageResults } from './result.js';

/** The bodies of the API, which are those of the command line's `--json`. Each is held to the type that it stands for. */

export { count, instant };

export const batchStatus = z.enum(batchStatuses);

const counts = {
  pending: count,
  uploaded: count,
  sending: count,
  scheduled: count,
  failed: count,
  unknown: count,
  cancelled: count,
};

const limit = z.enum(['pace', 'window', 'dailyLimit']);

export const delivery = z.object({
  channelId: z.number().nullable(),
  pace: z.object({ recipients: z.number(), durationMs: z.number() }).nullable(),
  window: z
    .object({
      opensAt: z.number().describe('minutes after midnight'),
      closesAt: z.number(),
      days: z.array(z.number()).readonly().describe('1 is Monday'),
      timeZone: z.string(),
    })
    .nullable(),
  dailyLimit: z.number().nullable(),
  handOverAheadMs: z.number().nullable(),
  first: z.number().nullable(),
  tooLateAfterMs: z.number().nullable(),
  individual: z
    .object({ templateName: z.string(), namespace: z.string(), language: z.string(), force: z.boolean() })
    .nullable(),
}) satisfies z.ZodType<Delivery>;

export const forecast = z.object({
  files: count,
  firstStartAt: instant.nullable(),
  lastStartAt: instant.nullable(),
  limit: limit.nullable(),
  tooLate: count,
}) satisfies z.ZodType<Forecast>;

const hold = z.object({
  kind: z.enum([...holdKinds, 'preparing', 'approval', ...operatorsHolds]),
  reason: z.string(),
  heldAt: instant,
  until: instant.nullable(),
});

const doubtful = z.object({
  column: z.string(),
  kind: z.enum(doubtKinds),
  count,
  example: z.string(),
}) satisfies z.ZodType<CountedDoubt>;

export const runView = z.object({
  id: z.string(),
  key: z.string().nullable(),
  name: z.string(),
  account: z.string(),
  status: z.enum(['open', 'sealed', 'paused', 'cancelled', 'finished']),
  outcome: z.enum(runOutcomes).nullable(),
  held: hold.nullable(),
  approval,
  failure: z.string().nullable(),
  startAt: instant.nullable(),
  startsAt: instant.nullable().describe('when the first of what is handed over starts, as long as none has'),
  lastStartsAt: instant.nullable().describe('when the last of what is handed over starts, as long as that lies ahead'),
  timeZone: z.string().nullable(),
  delivery,
  handOverAt: instant.nullable(),
  purgedAt: instant.nullable(),
  resendOf: z.string().nullable(),
  resends: z.array(z.string()),
  templateDetailId: z.number(),
  values: z.enum(valuePolicies),
  maxRejected: z.string().nullable(),
  ...retries,
  doubtful: z.array(doubtful),
  recipients: z.object({
    ...counts,
    enqueued: count,
    buffered: count,
    duplicates: count,
    suppressed: count,
    rejected: count,
    promised: count,
    missing: count,
  }),
  batches: z.object(counts),
  stalledSince: instant.nullable(),
  unclosedIntakes: count,
  unclosedSources: z.array(z.string()),
  extraSends: z.array(z.object({ batchId: z.string(), broadcastJobId: z.number(), startedAt: instant.nullable() })),
  wrongTotals: count,
  evidence: z
    .object({ batches: count, reported: count, of: count, settled: count })
    .nullable()
    .describe(
      'what callbacks tell of batches without a clear answer: `reported` of `of` messages; `settled` batches were settled as sent',
    ),
  messages: messageResults.describe('what became of its messages'),
}) satisfies z.ZodType<RunView>;

const state = z.string().nullable();

/** What a change of a run may name as what its caller saw. */
export const runStates = {
  state: state.describe('changes when the run is paused, held, sealed, cancelled or resumed'),
  failedState: state.describe('changes when other batches are failed, or the same fail again'),
};
export const batchState = {
  state: state.describe('changes when anything is done or decided about the batch'),
};
export const campaignState = {
  state: state.describe('changes when the campaign is changed, paused, resumed, or replaced by another of its name'),
};

export const batchView = z.object({
  id: z.string().describe("also what the broadcast's name at Qiscus begins with"),
  number: z.number(),
  status: batchStatus,
  recipients: count,
  startedAt: instant.nullable(),
  movedBy: z.enum(['pace', 'window', 'dailyLimit', 'late']).nullable(),
  broadcastFileId: z.number().nullable(),
  broadcastJobId: z.number().nullable(),
  attempts: count,
  error: z.string().nullable(),
  evidence: z
    .object({ reported: count, of: count, settledBy: z.literal('evidence').nullable() })
    .nullable()
    .describe(
      'how many of its messages callbacks have reported; null: its send was answered, or callbacks tell nothing',
    ),
}) satisfies z.ZodType<BatchView>;

export const startedRun = z.object({
  id: z.string(),
  key: z.string().nullable(),
  name: z.string(),
  existed: z.boolean(),
}) satisfies z.ZodType<StartedRun>;

export const enqueued = z.object({
  accepted: count.describe('duplicates are among them: they are found later'),
  rejected: count,
}) satisfies z.ZodType<Enqueued>;

export const share = z.object({ batches: count, recipients: count });

const job = z.object({
  broadcastJobId: z.number().nullable(),
  batchId: z.string(),
  runId: z.string(),
  runName: z.string(),
  startedAt: instant,
  recipients: count,
}) satisfies z.ZodType<JobAhead>;

export const jobs = z.array(job).describe('handed over and not started: they can only be cancelled at Qiscus');

export const interruption = z.object({
  handedOver: share,
  inFlight: share,
  held: share,
}) satisfies z.ZodType<Interruption>;

export const cancellation = interruption.extend({ jobs }) satisfies z.ZodType<Cancellation>;

export const retried = share satisfies z.ZodType<Retried>;

export const verification = z.object({
  runId: z.string(),
  ok: z.boolean(),
  breaches: z.array(z.object({ rule: z.string(), detail: z.string() })),
}) satisfies z.ZodType<Verification>;

export const rejectionView = z.object({ source: z.string(), position: count, reason: z.string() });

/** A page of a list; `next` is the cursor of the one after it. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const pageQuery = (most: number) => ({
  limit: z.coerce.number().int().min(1).max(most).default(Math.min(most, 50)).describe('at most so many'),
  cursor: z.string().max(200).optional().describe('`next` of the page before'),
});

export const attemptView = z.object({
  number: count,
  kind: z.enum(['send', 'resolve', 'evidence']),
  by: z.string().describe('the worker that sent or settled it, or the operator who resolved it'),
  broadcastName: z.string(),
  startedAt: instant.nullable(),
  intendedAt: instant,
  answeredAt: instant.nullable(),
  outcome: z.string().nullable(),
  httpStatus: z.number().nullable(),
  broadcastJobId: z.number().nullable(),
  error: z.string().nullable(),
  reason: z.string().nullable(),
  extra: z.boolean(),
  evidence: z.object({ reported: count, of: count }).nullable(),
  despiteEvidence: z.boolean(),
}) satisfies z.ZodType<AttemptView>;

export const holdView = z.object({
  id: z.string(),
  account: z.string(),
  kind: z.enum(holdKinds),
  reason: z.string(),
  heldAt: instant,
  until: instant.nullable(),
}) satisfies z.ZodType<HoldView>;
