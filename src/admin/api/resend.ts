import * as z from 'zod';
import { actingAs, type Context } from '../../context.js';
import { resend } from '../../pipeline/resending/resend.js';
import type { AdminApp } from '../app.js';

const request = z.strictObject({
  failed: z.boolean().optional(),
  codes: z.array(z.number()).max(100).optional(),
  unansweredAfter: z.string().max(20).optional(),
  name: z.string().max(200).optional(),
  templateDetailId: z.number().optional(),
  dryRun: z.boolean().optional(),
  again: z.boolean().optional(),
});

const resent = z.object({
  runId: z.string().nullable(),
  recipients: z.number(),
  leftOut: z.record(z.string(), z.number()),
  already: z.literal(true).optional(),
});

/** A run is sent again to those whom it didn't reach. */
export function addResendRoute(app: AdminApp, ctx: Context): void {
  app.post(
    '/runs/:runId/resend',
    {
      schema: {
        tags: ['runs'],
        operationId: 'resendRun',
        summary: 'Send a run again to those whom its messages did not reach',
        description:
          'With `dryRun` it only counts them, by the reason. The same request again finds the same run and sends nothing, unless `again` is true.',
        params: z.object({ runId: z.string() }),
        body: request,
        response: { 200: resent },
      },
    },
    ({ params: { runId }, body, actor }) => resend(actingAs(ctx, actor.name), runId, withoutAbsent(body)),
  );
}

/** What isn't given is no key of it. */
function withoutAbsent(body: z.infer<typeof request>): Parameters<typeof resend>[2] {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
