import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { type Asker, ofUser } from '../../pipeline/people/passwords.js';
import type { AdminApp } from '../app.js';
import { knownFrom } from '../cookies/known-browser.js';
import { dropSession, sessionOf } from '../cookies/session-cookie.js';
import { sendPage } from '../forms/answer.js';
import type { OpenIdProvider } from '../openid/provider.js';
import { sendProblem } from '../problem.js';
import type { Access, Known } from './access.js';
import { actorOf, isFromElsewhere, refuseElsewhere } from './guard.js';
import { letIn } from './let-in.js';
import { loginPage, onward, ownPath } from './login-page.js';
import type { OneTimeLink } from './one-time-link.js';
import { type LoginWay, type RefusedLogins, strangerAt } from './refused-logins.js';

type Given = { name: string; password: string; code: string };

type LoginOptions = {
  access: Access;
  refused: RefusedLogins;
  link: OneTimeLink | undefined;
  provider: OpenIdProvider | undefined;
};

export function addLoginPages(
  app: AdminApp,
  ctx: Pick<Context, 'db'>,
  { access, refused, link, provider }: LoginOptions,
): void {
  const page = (next: string, shown: { fault?: string; name?: string; isAgain?: boolean; isByLink?: boolean } = {}) =>
    loginPage(next, { ...shown, provider: provider?.host });
  const goOn = async (request: FastifyRequest, reply: FastifyReply, known: Known, way: LoginWay, next: string) => {
    await letIn({ db: ctx.db, access }, request, reply, known, way);
    return reply.redirect(next, 303);
  };
  const refuse = async (request: FastifyRequest, reply: FastifyReply, way: LoginWay, text: string, who?: Asker) => {
    const tooMany = await refused.add(way, request.ip, who);
    return tooMany ? sendProblem(reply, tooMany) : sendPage(reply.code(401), text);
  };
  // What they have shown is right: it is no failure.
  const refuseProgram = (reply: FastifyReply, next: string) =>
    sendPage(reply.code(403), page(next, { fault: forPrograms }));
  /** Whose guess at a password it is. A browser with which that user came in lately has failures of its own, so others of its network don't shut it out. */
  const whoGuesses = async (request: FastifyRequest, name: string): Promise<Asker> => {
    const known = await knownFrom(ctx, request);
    const isTheirs = known?.who === ofUser(name).who && !(await refused.tooManyOf('password', known));
    return isTheirs ? known : strangerAt(request.ip);
  };
  const comeByPassword = async (request: FastifyRequest, reply: FastifyReply, given: Given, next: string) => {
    const who = await whoGuesses(request, given.name);
    const tooMany = await refused.tooManyOf('password', who);
    if (tooMany) {
      await refused.add('password', request.ip, who);
      return sendProblem(reply, tooMany);
    }
    const known = await access.knownByPassword(given, who);
    if (known) return goOn(request, reply, known, 'password', next);
    const text = page(next, { fault: 'This name, password or code is wrong.', name: given.name });
    return refuse(request, reply, 'password', text, who);
  };
  const comeByToken = async (request: FastifyRequest, reply: FastifyReply, token: string, next: string) => {
    const known = access.knownBy(token.trim());
    if (!known) return refuse(request, reply, 'token', page(next, { fault: 'This token is wrong.' }));
    if (!access.opensBrowsers(known)) return refuseProgram(reply, next);
    return goOn(request, reply, known, 'token', next);
  };

  app.get(
    '/login',
    {
      schema: {
        querystring: z.object({
          next: z.string().optional(),
          once: z.string().max(100).optional(),
          again: z.literal('yes').optional(),
        }),
      },
      config: { public: true },
    },
    async (request, reply) => {
      const next = ownPath(request.query.next);
      const { once, again } = request.query;
      const isAgain = again === 'yes';
      const actor = await actorOf(request, access);
      if (actor && !isAgain) return reply.redirect(next, 303);
      if (once !== undefined && request.method === 'GET') {
        const token = link?.take(once);
        const known = token === undefined ? undefined : access.knownBy(token);
        if (known && !access.opensBrowsers(known)) return refuseProgram(reply, next);
        if (known) return goOn(request, reply, known, 'link', next);
        return refuse(request, reply, 'link', page(next, { fault: usedLink }));
      }
      // A link in a mail or a chat: the browser keeps the cookie back for where it leads, and not for where that leads.
      if (request.headers['sec-fetch-site'] === 'cross-site') return sendPage(reply, onward(next));
      const isByLink = actor?.isByLink === true;
      return sendPage(reply, page(next, { isAgain, isByLink, ...(actor?.isUser && { name: actor.name }) }));
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
      const { token, code } = request.body;
      const name = request.body.name.trim();
      if (name === '') return comeByToken(request, reply, token, next);
      // A password is what was typed; a token has no blanks, so those around it are the clipboard's.
      return comeByPassword(request, reply, { name, password: token, code: code.trim() }, next);
    },
  );

  // Public: whoever is logged out already is not to be told to log in.
  app.post('/logout', { config: { public: true } }, async (request, reply) => {
    if (isFromElsewhere(request)) return refuseElsewhere(reply);
    const session = sessionOf(request);
    if (session !== undefined) await access.logOut(session, request.ip);
    dropSession(request, reply);
    void reply.header('Clear-Site-Data', '"cache", "storage"');
    return reply.redirect('/login', 303);
  });
}

const forPrograms =
  'Here each login of a person takes a second factor (SIARAN_SECOND_FACTOR), so tokens of the configuration are for programs only. Log in with your name. The first owner is made on the command line: siaran user invite NAME --role owner';

const usedLink =
  'This link was used before, or is of a process that has ended. Start siaran admin again for another one, or set SIARAN_ADMIN_TOKEN.';
