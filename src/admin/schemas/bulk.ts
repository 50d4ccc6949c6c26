import * as z from 'zod';
import type { BulkResult } from '../../pipeline/operating/bulk.js';
import { bulkActions } from '../../store/views/bulk-runs.js';
import { runKinds, runStates } from '../../store/views/run-list.js';
import { date } from './audit.js';
import { count } from './basic.js';
import { jobs, share } from './run.js';

const text = z.string().min(1).max(200).optional();
/** As `runQuery`, but empty values are refused: a program that forgot a value would mean all runs. */
const filter = z.strictObject({
  state: z.enum(runStates).optional(),
  name: text,
  account: text,
  campaign: text,
  kind: z.enum(runKinds).optional(),
  since: date.optional(),
  until: date.optional(),
});

const seen = z.strictObject({
  ...{ runs: z.number().int().min(0), recipients: z.number().int().min(0) },
  state: z.string().max(40).describe('another text as soon as something else fits'),
});

export const bulkRequest = z.strictObject({
  action: z.enum(bulkActions),
  filter: filter.describe('which runs, as `GET /runs` is asked; an empty one is refused without `all`'),
  all: z.boolean().optional().describe('says that an empty filter is meant: every run'),
  expected: seen
    .optional()
    .describe(
      '`found` as you saw it: if other runs or more people fit by now, nothing is done, and the answer is 409. Fewer people are no change: they were handed over meanwhile',
    ),
  dryRun: z.boolean().optional().describe('only tells what fits'),
});

export const bulkResult = z.object({
  action: z.enum(bulkActions),
  found: z
    .object({ runs: count, recipients: count, state: z.string().describe('as `expected` takes it') })
    .describe('what fitted as it began'),
  done: z.object({ runs: count, recipients: count }),
  unchanged: count.describe('runs in which there was nothing to do any more'),
  refused: z.array(
    z.object({
      code: z.string(),
      reason: z.string().describe('what the first of them said'),
      runs: count,
      runIds: z.array(z.string()).describe('the first 20'),
    }),
  ),
  left: count.describe('runs that fitted and were too many for one request: ask again'),
  tooLate: z
    .object({
      handedOver: share.describe('what Qiscus has accepted'),
      inFlight: share.describe('what a worker is sending, or has sent without a clear answer'),
      startsLater: share.describe('what of `handedOver` starts later'),
      jobs: jobs.max(100).describe('the first 100 of those that start later: they can only be cancelled at Qiscus'),
    })
    .optional()
    .describe(
      'only of `cancel`: what it came too late for, in the runs of this request and in others that fit and were handed over as a whole',
    ),
}) satisfies z.ZodType<BulkResult>;
