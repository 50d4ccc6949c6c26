import * as z from 'zod';
import type { Context } from '../../context.js';
import { go, stopAll } from '../../pipeline/operating/stop.js';
import { viewStatus } from '../../pipeline/views/attention.js';
import { standingStops } from '../../store/stops.js';
import { attentionFor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import * as schemas from '../schemas/desk.js';

const scope = z
  .strictObject({ account: z.string().max(40).optional().describe('only this account; without it, everything') })
  .nullish();

/** What is about everything at once. */
export function addDeskRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['operations'];

  app.get(
    '/status',
    {
      schema: {
        tags,
        operationId: 'getStatus',
        summary: 'What waits for a person, the most urgent first',
        response: { 200: schemas.status },
      },
    },
    async ({ actor }) => ({ attention: attentionFor(actor, (await viewStatus(ctx)).attention) }),
  );

  app.get(
    '/stops',
    {
      schema: {
        tags,
        operationId: 'listStops',
        summary: 'The stops that stand',
        response: { 200: z.array(schemas.stop) },
      },
    },
    () => standingStops(ctx.db),
  );

  app.post(
    '/stop',
    {
      schema: {
        tags,
        operationId: 'stopEverything',
        summary: 'Stop everything, or an account, also what is started or fired later, until `go`',
        body: scope,
        response: { 200: schemas.stopped },
      },
    },
    ({ body, actor }) => stopAll(ctx, { account: body?.account }, actor.name),
  );

  app.post(
    '/go',
    {
      schema: {
        tags,
        operationId: 'letGo',
        summary: 'Lift the stop of everything, or of an account, and nothing else',
        body: scope,
        response: { 200: schemas.wentOn },
      },
    },
    ({ body }) => go(ctx, { account: body?.account }),
  );
}
