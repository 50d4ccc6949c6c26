import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { AdminApp } from '../app.js';
import { sendPage } from '../forms/answer.js';
import { html } from '../html/html.js';
import { layout } from '../html/layout.js';
import { problem, sendProblem } from '../problem.js';
import type { Access, Known } from './access.js';
import { actorOf, isFromElsewhere } from './guard.js';
import type { OneTimeLink } from './one-time-link.js';
import { type LoginWay, networkOf, type RefusedLogins } from './refused-logins.js';
import { dropSession, keepSession, sessionOf } from './session-cookie.js';

type LoginOptions = { access: Access; refused: RefusedLogins; link: OneTimeLink | undefined };

const home = '/runs';

export function addLoginPages(app: AdminApp, { access, refused, link }: LoginOptions): void {
  const letIn = async (request: FastifyRequest, reply: FastifyReply, known: Known, next: string) => {
    const earlier = sessionOf(request);
    if (earlier !== undefined) await access.endSession(earlier);
    keepSession(request, reply, await access.openSession(known, request.ip));
    return reply.redirect(next, 303);
  };
  const refuse = (request: FastifyRequest, reply: FastifyReply, way: LoginWay, page: string) => {
    const tooMany = refused.add(way, request.ip);
    return tooMany ? sendProblem(reply, tooMany) : sendPage(reply.code(401), page);
  };

  app.get(
    '/login',
    {
      schema: { querystring: z.object({ next: z.string().optional(), once: z.string().max(100).optional() }) },
      config: { public: true },
    },
    async (request, reply) => {
      const next = ownPath(request.query.next);
      if (await actorOf(request, access)) return reply.redirect(next, 303);
      const { once } = request.query;
      if (once !== undefined && request.method === 'GET') {
        const token = link?.take(once);
        const known = token === undefined ? undefined : access.knownBy(token);
        if (known) return letIn(request, reply, known, next);
        return refuse(request, reply, 'link', loginPage(next, usedLink));
      }
      // A link in a mail or a chat: the browser keeps the cookie back for where it leads, and not for where that leads.
      if (request.headers['sec-fetch-site'] === 'cross-site') return sendPage(reply, onward(next));
      return sendPage(reply, loginPage(next));
    },
  );

  app.post(
    '/login',
    {
      schema: {
        body: z.object({
          name: z.string().max(200).default(''),
          token: z.string().max(1_000).default(''),
          code: z.string().max(100).default(''),
          next: z.string().optional(),
        }),
      },
      config: { public: true },
    },
    async (request, reply) => {
      if (isFromElsewhere(request)) return refuseElsewhere(reply);
      const next = ownPath(request.body.next);
      const [name, secret] = [request.body.name.trim(), request.body.token.trim()];
      const given = { name, password: secret, code: request.body.code.trim() };
      const known = name === '' ? access.knownBy(secret) : await access.knownByPassword(given, networkOf(request.ip));
      if (!known && name === '') return refuse(request, reply, 'token', loginPage(next, 'This token is wrong.'));
      if (!known)
        return refuse(request, reply, 'password', loginPage(next, 'This name, password or code is wrong.', name));
      return letIn(request, reply, known, next);
    },
  );

  // Public: whoever is logged out already is not to be told to log in.
  app.post('/logout', { config: { public: true } }, async (request, reply) => {
    if (isFromElsewhere(request)) return refuseElsewhere(reply);
    const session = sessionOf(request);
    if (session !== undefined) await access.endSession(session);
    dropSession(request, reply);
    void reply.header('Clear-Site-Data', '"cache", "storage"');
    return reply.redirect('/login', 303);
  });
}

const usedLink =
  'This link was used before, or is of a process that has ended. Start siaran admin again for another one, or set SIARAN_ADMIN_TOKEN.';

function refuseElsewhere(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, problem(403, 'CROSS_SITE', 'This request came from another site. Nothing was done.'));
}

/** Where to go after logging in: a page of ours, and of nobody else. */
export function ownPath(next: string | undefined): string {
  const here = 'http://here.invalid';
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, here)) return home;
  const { origin, pathname, search } = new URL(next, here);
  if (origin !== here || pathname.startsWith('//') || pathname === '/login') return home;
  return pathname + search;
}

function onward(next: string): string {
  return layout({
    title: 'One moment',
    content: html`<meta http-equiv="refresh" content="0; url=${next}"><h1>One moment</h1><p><a href="${next}">Go on</a></p>`,
  });
}

function loginPage(next: string, fault?: string, name = ''): string {
  return layout({
    title: 'Log in',
    content: html`<h1>Log in</h1>
<form class="login" method="post" action="/login">
${fault !== undefined && html`<p class="notice refused" id="fault" role="alert">${fault}</p>`}
<input type="hidden" name="next" value="${next}">
<label for="name">Your name <span class="faint">(empty, if you have a token only)</span></label>
<input id="name" name="name" value="${name}" autocomplete="username" spellcheck="false" maxlength="40" autofocus>
<label for="token">Your password or token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required${
      fault !== undefined && html` aria-invalid="true" aria-describedby="fault"`
    }>
<label for="code">Code from your app <span class="faint">(empty, if you have not set it up)</span></label>
<input id="code" name="code" autocomplete="one-time-code" spellcheck="false" maxlength="100">
<p class="hint">An owner invites you; if you have lost your telephone, write a recovery code as the code. A token is in SIARAN_ADMIN_TOKEN; where none is set, siaran admin has printed a link that lets you in. You stay logged in for 12 hours at most, and for an hour in which you do nothing.</p>
<button class="primary">Log in</button>
</form>`,
  });
}
