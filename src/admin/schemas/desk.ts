import { z } from 'zod';
import { attentionKinds, type StatusView } from '../../pipeline/views/attention.js';
import { count } from './basic.js';

export const status = z.object({
  attention: z.array(
    z.object({
      kind: z.enum(attentionKinds),
      runId: z.string().nullable().describe('null: it is about several runs, or about none'),
      batchId: z.string().nullable().describe('the only batch that it is about'),
      campaign: z.string().nullable(),
      account: z.string().nullable().describe('null: every account'),
      name: z.string().nullable().describe("the run's name"),
      recipients: count.describe('how many people it concerns, as far as is known'),
      reason: z.string().nullable(),
      action: z.string().describe('the command that settles it, or shows what has to be decided'),
    }),
  ),
}) satisfies z.ZodType<StatusView>;
