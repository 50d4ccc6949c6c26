import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionLimits } from '../../store/admin-sessions.js';

const cookie = 'siaran_session';

/** The secret that a browser shows. */
export function sessionOf(request: FastifyRequest): string | undefined {
  return request.cookies[nameFor(request)];
}

export function keepSession(request: FastifyRequest, reply: FastifyReply, secret: string): void {
  const maxAge = sessionLimits.longestMs / 1_000;
  void reply.setCookie(nameFor(request), secret, { ...optionsFor(request), maxAge });
}

export function dropSession(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(nameFor(request), optionsFor(request));
}

/** Whether cookies are for https only: a trusted proxy says so in `X-Forwarded-Proto`. */
export function cameByHttps({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}

/**
 * No other host, and no page that came by http, can set a cookie with this prefix. Browsers take it by https only, so the plain
 * name remains for the http of one's own machine.
 */
function nameFor(request: FastifyRequest): string {
  return cameByHttps(request) ? `__Host-${cookie}` : cookie;
}

function optionsFor(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: cameByHttps(request) } as const;
}
