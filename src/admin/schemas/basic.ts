import * as z from 'zod';
import type { Cost } from '../../domain/prices/prices.js';
import type { RetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import type { RetryView } from '../../pipeline/views/view-retry.js';

export const instant = z.string().describe('ISO 8601 in UTC');
export const count = z.number().int().min(0);

/** What messages cost. */
export const cost = z
  .object({
    category: z.string().nullable().describe("the template's; `null`: nobody has told it"),
    amounts: z.array(z.object({ amount: z.string(), currency: z.string() })),
    isWhole: z.boolean().describe('whether everybody has a price: if not, it costs more than this'),
    unpriced: count.describe('how many people have none'),
    unpricedCodes: z.array(z.string()).describe('their calling codes'),
  })
  .nullable() satisfies z.ZodType<Cost | null>;

const retryAfterFailure = z.object({
  codes: z.array(z.number()).readonly(),
  afterMs: count,
  times: count,
}) satisfies z.ZodType<RetryAfterFailure>;

/** Of campaigns. */
export const retried = {
  retryAfterFailure: retryAfterFailure.nullable().describe('whom workers send to again by themselves; null: nobody'),
};

const retry = z.object({
  turn: count.describe('how many turns were taken before it'),
  at: instant.nullable().describe('when workers look next whether its turn has come'),
  outcome: z.enum(['sent_again', 'nobody', 'stopped']).nullable(),
  reason: z.string().nullable().describe('what it waits for, or why it was stopped'),
  runId: z.string().nullable().describe('the run that the turn has made'),
}) satisfies z.ZodType<RetryView>;

/** Of runs. */
export const retries = { ...retried, retry: retry.nullable().describe('what becomes of retryAfterFailure') };

/** Above how many people somebody has to approve a run, and who has. */
export const approval = z
  .object({
    above: count,
    waits: z.boolean(),
    startedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
  })
  .nullable()
  .describe('above how many people somebody has to approve it; `null`: nobody, however many are in it');
