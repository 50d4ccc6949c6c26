import * as z from 'zod';
import { batchStatuses } from '../../domain/runs/batch.js';
import type { MessageView } from '../../pipeline/intake/send-message.js';
import type { RecipientView } from '../../pipeline/views/find-recipient.js';
import type { SuppressionView } from '../../store/suppressions.js';
import { batchStatus, instant } from './run.js';

/** Bodies about people: what they were sent, and who is left alone. */

export const recipientView = z.object({
  phoneNumber: z.string(),
  suppressed: z.boolean(),
  forgotten: z.object({ at: instant, by: z.string(), finishedAt: instant.nullable() }).nullable(),
  runs: z.array(
    z.object({
      runId: z.string(),
      name: z.string(),
      batchId: z.string().nullable(),
      status: z.enum([...batchStatuses, 'suppressed']),
      startedAt: instant.nullable(),
      broadcastJobId: z.number().nullable(),
      broadcastLogId: z.number().nullable(),
      messageId: z.string().nullable(),
      deliveryStatus: z.string().nullable(),
      code: z.number().nullable(),
      failedAfterDelivered: z.boolean(),
      notes: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<RecipientView>;

export const messageView = z.object({
  runId: z.string(),
  batchId: z.string(),
  status: batchStatus,
  broadcastJobId: z.number().nullable(),
  broadcastLogId: z.number().nullable(),
  error: z.string().nullable(),
}) satisfies z.ZodType<MessageView>;

export const suppressionView = z.object({
  phoneNumber: z.string(),
  reason: z.string(),
  source: z.enum(['operator', 'opt_out', 'forgotten']),
  addedAt: instant,
}) satisfies z.ZodType<SuppressionView>;
