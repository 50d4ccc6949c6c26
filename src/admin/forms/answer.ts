import type { FastifyReply, FastifyRequest } from 'fastify';
import { UsageError } from '../../errors.js';
import { cameByHttps } from '../cookies/session-cookie.js';
import { layout, type Page } from '../html/layout.js';

/** Holds what the next page tells of a change, from the answer to the change until then. */
const noticeCookie = 'siaran_notice';
const noticeSeconds = 30;

/** Answers with a page, and with what there is to tell of the change before it. @param done what the request itself has done */
export function show(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Omit<Page, 'actor' | 'notice'>,
  done?: string,
): FastifyReply {
  const notice = request.cookies[noticeCookie];
  if (notice !== undefined) void reply.clearCookie(noticeCookie, { path: '/' });
  return sendPage(reply, layout({ ...page, actor: request.actor, desk: request.desk, notice: done ?? notice }));
}

export function sendPage(reply: FastifyReply, text: string): FastifyReply {
  // What people look at stays on no disk, and is never older than the moment.
  return reply.header('Cache-Control', 'no-store').type('text/html; charset=utf-8').send(text);
}

/** Answers a change: the browser goes to a page, which tells what was done. @param text of at most some hundred signs. */
export function goTo(request: FastifyRequest, reply: FastifyReply, path: string, text: string): FastifyReply {
  void reply.setCookie(noticeCookie, text, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: cameByHttps(request),
    maxAge: noticeSeconds,
  });
  return reply.redirect(path, 303);
}

/** What came of a form, or what is wrong with what was written into it: the form is shown again with that. */
export async function orFault<T>(work: Promise<T>): Promise<T | UsageError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
