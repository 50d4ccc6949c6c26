import type { FastifyReply, FastifyRequest } from 'fastify';
import { cameByHttps } from '../access.js';
import { layout, type Notice, type Page } from './layout.js';

/** Holds what the next page tells of a change, from the answer to the change until then. */
const noticeCookie = 'siaran_notice';
const noticeSeconds = 30;

/** Answers with a page, and with what there is to tell of the change before it. */
export function show(request: FastifyRequest, reply: FastifyReply, page: Omit<Page, 'actor' | 'notice'>): FastifyReply {
  const notice = readNotice(request.cookies[noticeCookie]);
  if (notice) void reply.clearCookie(noticeCookie, { path: '/' });
  return sendPage(reply, layout({ ...page, actor: request.actor, notice }));
}

export function sendPage(reply: FastifyReply, text: string): FastifyReply {
  // What people look at stays on no disk, and is never older than the moment.
  return reply.header('Cache-Control', 'no-store').type('text/html; charset=utf-8').send(text);
}

/** Answers a change: the browser goes to a page, which tells what was done. */
export function goTo(request: FastifyRequest, reply: FastifyReply, path: string, text: string): FastifyReply {
  const notice: Notice = { kind: 'done', text };
  void reply.setCookie(noticeCookie, JSON.stringify(notice), {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: cameByHttps(request),
    maxAge: noticeSeconds,
  });
  return reply.redirect(path, 303);
}

function readNotice(cookie: string | undefined): Notice | undefined {
  if (cookie === undefined) return undefined;
  try {
    const { kind, text } = JSON.parse(cookie) as Notice;
    return (kind === 'done' || kind === 'refused') && typeof text === 'string' ? { kind, text } : undefined;
  } catch {
    return undefined;
  }
}
