import type { Context } from '../../context.js';
import { type BulkRequest, bulk } from '../../pipeline/operating/bulk.js';
import { auditActor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { orCurrent } from '../forms/as-seen.js';
import { bulkRequest, bulkResult } from '../schemas/bulk.js';

/** A request does as much as a client waits for. */
export const mostRunsARequest = 200;

/** What is done to all runs that fit. */
export function addBulkRoute(app: AdminApp, ctx: Context): void {
  app.post(
    '/runs/bulk',
    {
      schema: {
        tags: ['runs'],
        operationId: 'changeManyRuns',
        summary: `Retry, resume or cancel each run that fits a filter, the oldest ${mostRunsARequest} of them a request`,
        body: bulkRequest,
        response: { 200: bulkResult },
      },
    },
    ({ body, actor }) => {
      const request: BulkRequest = body;
      const { actor: by, actorKind } = auditActor(actor);
      const done = bulk(ctx, request, { by, actorKind, limit: mostRunsARequest });
      return orCurrent(done, () => bulk(ctx, { ...request, expected: undefined, dryRun: true }));
    },
  );
}
