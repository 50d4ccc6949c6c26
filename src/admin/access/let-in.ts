import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Known } from './access.js';
import type { LoginWay } from './refused-logins.js';
import { keepSession, sessionOf } from './session-cookie.js';

/** Opens a session for whoever has shown that they may come in, in the place of the one that their browser had. */
export async function letIn(
  access: Access,
  request: FastifyRequest,
  reply: FastifyReply,
  known: Known,
  way: LoginWay,
): Promise<void> {
  const earlier = sessionOf(request);
  if (earlier !== undefined) await access.endSession(earlier);
  keepSession(request, reply, await access.openSession(known, request.ip, way));
}
