import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { NotFoundError } from '../../errors.js';
import {
  type AdminSession,
  endSessionById,
  listSessions,
  type SessionOwner,
  sessionId,
} from '../../store/admin-sessions.js';
import type { AdminApp } from '../app.js';
import { sessionOf } from '../cookies/session-cookie.js';
import { goTo, show } from '../forms/answer.js';
import { html } from '../html/html.js';
import { table } from '../html/parts.js';
import { time } from '../html/words.js';
import { managesPeople } from './roles.js';

const params = z.object({ id: z.string().max(40) });

const sessionView = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  openedAt: z.string(),
  usedAt: z.string().describe('when its user did something last, to the minute'),
});

/** Of whom one may see and end sessions: of everybody, or of oneself. */
function whose(actor: Actor): SessionOwner | undefined {
  return managesPeople(actor) ? undefined : { name: actor.name, isUser: actor.isUser === true };
}

async function end({ db }: Context, id: string, actor: Actor): Promise<void> {
  if (!(await endSessionById(db, id, whose(actor)))) throw new NotFoundError('session', id);
}

/** Sessions of browsers for programs: listed, and ended. */
export function addSessionRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['sessions'];
  app.get(
    '/sessions',
    {
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'Browsers that are logged in: all of them, or to all but owners their own',
        response: { 200: z.array(sessionView) },
      },
    },
    ({ actor }) => listSessions(ctx.db, whose(actor)),
  );

  app.delete(
    '/sessions/:id',
    {
      schema: {
        tags,
        operationId: 'endSession',
        summary: 'End a session: its browser is logged out',
        params,
        response: { 204: z.null() },
      },
      config: { own: true },
    },
    async ({ params: { id }, actor }, reply) => {
      await end(ctx, id, actor);
      return reply.code(204).send(null);
    },
  );
}

/** The same as a page. */
export function addSessionPages(app: AdminApp, ctx: Context): void {
  app.get('/sessions', async (request, reply) => {
    const { actor } = request;
    const secret = sessionOf(request);
    const own = secret === undefined ? undefined : sessionId(secretDigest(secret));
    const sessions = await listSessions(ctx.db, whose(actor));
    return show(request, reply, {
      title: 'Sessions',
      content: html`<h1>Sessions</h1><p class="hint">Browsers that are logged in${whose(actor) !== undefined && ' as you'}. A session ends after 12 hours, or after an hour in which nothing is done.</p>${table(
        'Sessions, the latest first',
        ['Who', 'From', 'Since', 'Used', 'End'],
        sessions.map((session) => rowOf(session, own)),
      )}`,
    });
  });

  app.post('/sessions/:id/end', { schema: { params }, config: { own: true } }, async (request, reply) => {
    await end(ctx, request.params.id, request.actor);
    return goTo(request, reply, '/sessions', 'The session is ended: its browser is logged out.');
  });
}

function rowOf({ id, name, address, openedAt, usedAt }: AdminSession, own: string | undefined) {
  return [
    html`${name}${id === own && html` <span class="faint">this browser</span>`}`,
    address,
    time(openedAt),
    time(usedAt),
    html`<form method="post" action="/sessions/${id}/end"><button aria-label="${`End the session of ${name} from ${address}`}">End</button></form>`,
  ];
}
