import { actingAs, type Context } from '../../context.js';
import { lookAtAudience } from '../../pipeline/lists/look-at-audience.js';
import { refuseFreeAudience } from '../api/free-audience.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import { lookedAudience, lookRequest } from '../schemas/campaign.js';

/** What the form of a campaign shows of an audience, for programs. */
export function addLookRoute(app: AdminApp, ctx: Context): void {
  app.post(
    '/campaigns/look',
    {
      config: { operator: true, looks: true },
      schema: {
        tags: ['campaigns'],
        operationId: 'lookAtAudience',
        summary: 'Look at an audience beside a template before a campaign has both; nothing is sent',
        description:
          'It matches the columns by name, and says who would be messaged, what is rejected or looks like a mistake, what it costs, and what one row looks like.',
        body: lookRequest,
        response: { 200: lookedAudience },
      },
    },
    ({ body, actor }, reply) => {
      refuseFreeAudience(ctx.config, body.audience);
      return lookAtAudience(actingAs(ctx, actor.name), body, whileAsked(reply));
    },
  );
}
