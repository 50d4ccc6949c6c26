import { z } from 'zod';
import type { Context } from '../../context.js';
import { type ClosedSource, closeSource } from '../../pipeline/intake/close-source.js';
import type { AdminApp } from '../app.js';

const closedSource = z.object({
  runId: z.string(),
  source: z.string(),
  rows: z.number(),
}) satisfies z.ZodType<ClosedSource>;

/** Who hands in the recipients of a run. */
export function addSourceRoutes(app: AdminApp, ctx: Context): void {
  app.post(
    '/runs/:runId/close-source',
    {
      schema: {
        tags: ['runs'],
        summary: 'Close the source of a producer that died, so that the run no longer waits for it',
        params: z.object({ runId: z.string().max(40) }),
        body: z.strictObject({ source: z.string().max(200).describe('one of the `unclosedSources` of the run') }),
        response: { 200: closedSource },
      },
    },
    ({ params: { runId }, body: { source } }) => closeSource(ctx, runId, source),
  );
}
