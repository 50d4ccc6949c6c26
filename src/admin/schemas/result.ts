import * as z from 'zod';
import type { CampaignResults, MessageResults, RunResults } from '../../pipeline/views/view-results.js';
import { count, instant } from './basic.js';

const messageCounts = {
  handedOver: count.describe('`sent`, `failed` and `unanswered` together'),
  sent: count.describe('at least: some were delivered or read as well'),
  delivered: count.describe('at least'),
  read: count,
  failed: count.describe('before they were delivered; they count as nothing else'),
  failedAfterDelivered: count,
  unanswered: count,
  inferred: count.describe('of these: matched to their batch by number and time alone'),
};

export const messageResults = z.object({
  ...messageCounts,
  reasons: z.array(
    z.object({
      code: z.number().nullable().describe("WhatsApp's; null: none was told"),
      count: count.describe('before they were delivered'),
      afterDelivered: count,
      meaning: z.string(),
      advice: z.string(),
    }),
  ),
}) satisfies z.ZodType<MessageResults>;

const cumulative = { sent: count, delivered: count, read: count, failed: count };

const hours = z
  .array(z.object({ hour: instant, ...cumulative }))
  .describe('what had been told by the end of each hour; of the latest hours, if there are very many');

export const runResults = messageResults.extend({
  runId: z.string(),
  name: z.string(),
  hours,
}) satisfies z.ZodType<RunResults>;

export const campaignResults = messageResults.extend({
  name: z.string(),
  hours,
  firings: z.array(z.object({ at: instant, runId: z.string(), ...messageCounts })).describe('newest first'),
}) satisfies z.ZodType<CampaignResults>;
