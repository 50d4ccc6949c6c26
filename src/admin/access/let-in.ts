import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { keepKnown } from '../cookies/known-browser.js';
import { keepSession, sessionOf } from '../cookies/session-cookie.js';
import type { Access, Known } from './access.js';
import type { LoginWay } from './refused-logins.js';

type Door = Pick<Context, 'db'> & { access: Access };

/**
 * Opens a session for whoever has shown that they may come in, in the place of the one that their browser had. The browser also
 * keeps which user it was.
 */
export async function letIn(
  { db, access }: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  known: Known,
  way: LoginWay,
): Promise<void> {
  const earlier = sessionOf(request);
  if (earlier !== undefined) await access.endSession(earlier);
  keepSession(request, reply, await access.openSession(known, request.ip, way));
  if (known.actor.isUser) await keepKnown({ db }, request, reply, known.actor.name);
}
