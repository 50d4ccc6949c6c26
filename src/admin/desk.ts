import type { FastifyInstance } from 'fastify';
import type { Actor } from '../config/admin-token.js';
import type { Context } from '../context.js';
import { viewStatus } from '../pipeline/views/attention.js';
import { standingStops } from '../store/stops.js';
import { attentionFor } from './access/roles.js';
import type { Desk } from './html/desk.js';
import { wantsPage } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a page; absent: nobody is logged in, or it can't be told at the moment. */
    desk?: Desk | undefined;
  }
}

/** Looks at what every page tells, before a page is made. A failed look-up doesn't stop the page. */
export function lookAtDesk(pages: FastifyInstance, ctx: Context): void {
  pages.decorateRequest('desk', undefined);
  pages.addHook('preHandler', async (request) => {
    const { config } = request.routeOptions;
    if (request.actor === undefined || config.public || !wantsPage(request)) return;
    // A password alone shows nothing but its own page.
    if (request.actor.lacksCodes) return;
    request.desk = await look(ctx, request.actor).catch((err: unknown) => {
      ctx.logger.warn({ err }, 'a page is shown without what needs a person');
      return undefined;
    });
  });
}

async function look(ctx: Context, actor: Actor): Promise<Desk> {
  const [{ attention }, stops] = await Promise.all([viewStatus(ctx), standingStops(ctx.db)]);
  return { attention: attentionFor(actor, attention), stops };
}
