import * as z from 'zod';
import type { Context } from '../../context.js';
import { NotFoundError } from '../../errors.js';
import { resolve } from '../../pipeline/operating/resolve.js';
import { retry } from '../../pipeline/operating/retry.js';
import type { Resolution } from '../../store/resolutions.js';
import { stateOf } from '../../store/states.js';
import { attemptsOf } from '../../store/views/attempt-history.js';
import { findBatch } from '../../store/views/batch-views.js';
import type { AdminApp } from '../app.js';
import { ifState, ifStateBody, orCurrent } from '../forms/as-seen.js';
import * as schemas from '../schemas/run.js';

const params = z.object({ batchId: z.string().max(40) });

const decision = {
  correct: z.boolean().optional().describe('replaces an earlier resolution that was wrong, if nothing was sent since'),
  reason: z.string().max(200).optional(),
  ...ifState,
};

type Found =
  | { sent: number }
  | { notSent: true; force?: boolean | undefined; despiteEvidence?: number | undefined; seen?: number | undefined };

function readFound(found: Found): Resolution {
  if ('sent' in found) return found;
  const { force = false, despiteEvidence, seen } = found;
  return {
    ...{ notSent: true, force },
    ...(despiteEvidence !== undefined && { despiteEvidence }),
    ...(seen !== undefined && { seen }),
  };
}

/** Batches: one with its attempts, delivered again, or settled. */
export function addBatchRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['batches'];
  const current = async (batchId: string) => {
    // Before what it is about: what changes in between is noticed then.
    const state = await stateOf(ctx.db, 'batch', batchId);
    const batch = await findBatch(ctx.db, batchId);
    if (!batch) throw new NotFoundError('batch', batchId);
    return { ...batch, state, history: await attemptsOf(ctx.db, batchId) };
  };

  app.get(
    '/batches/:batchId',
    {
      schema: {
        tags,
        operationId: 'getBatch',
        summary: 'A batch with its attempts, and what operators decided about them',
        params,
        response: { 200: schemas.batchView.extend({ ...schemas.batchState, history: z.array(schemas.attemptView) }) },
      },
    },
    ({ params: { batchId } }) => current(batchId),
  );

  app.post(
    '/batches/:batchId/retry',
    {
      schema: {
        tags,
        operationId: 'retryBatch',
        summary: 'Deliver a failed batch again',
        params,
        body: ifStateBody,
        response: { 200: schemas.retried },
      },
    },
    ({ params: { batchId }, body }) =>
      orCurrent(retry(ctx, batchId, { ifState: body?.ifState }), () => current(batchId)),
  );

  app.post(
    '/batches/:batchId/resolve',
    {
      schema: {
        tags,
        operationId: 'resolveBatch',
        summary: 'Settle an unknown batch, as you found it at Qiscus',
        params,
        body: z.union([
          z.strictObject({ sent: z.number().describe('the broadcast job'), ...decision }),
          z.strictObject({
            notSent: z.literal(true),
            force: z.boolean().optional().describe('even though Qiscus may still be working on the request'),
            despiteEvidence: z
              .number()
              .optional()
              .describe("the batch's size: it was not sent, even though callbacks tell that it was"),
            seen: z
              .number()
              .optional()
              .describe('how many of its messages you saw reported; if there are more by now, it is refused'),
            ...decision,
          }),
        ]),
        response: { 200: z.object({ batchId: z.string(), status: schemas.batchStatus }) },
      },
    },
    ({ params: { batchId }, body: { reason, correct = false, ifState: seen, ...found }, actor }) => {
      const by = { by: actor.name, ...(reason !== undefined && { reason }), ifState: seen };
      const resolved = resolve(ctx, batchId, { ...readFound(found), correct }, by);
      return orCurrent(resolved, () => current(batchId));
    },
  );
}
