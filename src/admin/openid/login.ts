import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import type { OidcLack } from '../../domain/people/oidc-demands.js';
import { messageOf } from '../../errors.js';
import type { Asker } from '../../pipeline/people/passwords.js';
import { userOfSubject } from '../../pipeline/people/subjects.js';
import { credentials } from '../../store/admin-sessions.js';
import type { Subject } from '../../store/admin-subjects.js';
import type { Access } from '../access/access.js';
import { isFromElsewhere } from '../access/guard.js';
import { letIn } from '../access/let-in.js';
import { loginPage, onward, ownPath } from '../access/login-page.js';
import { networkOf, type RefusedLogins, strangerAt } from '../access/refused-logins.js';
import type { AdminApp } from '../app.js';
import { knownFrom } from '../cookies/known-browser.js';
import { sendPage } from '../forms/answer.js';
import { problem, sendProblem } from '../problem.js';
import { keepPending, takePending } from './pending-login.js';
import { isUnanswered, type OpenIdProvider, openIdPath, WeakLogin } from './provider.js';

type Options = { access: Access; refused: RefusedLogins; provider: OpenIdProvider };

/** So many logins are asked the provider about at once: each holds a connection for up to ten seconds. */
const mostAtOnce = 10;

/** Logging in by OpenID Connect: to the provider, and back. */
export function addOpenIdLogin(app: AdminApp, ctx: Context, { access, refused, provider }: Options): void {
  let underWay = 0;
  const turnAway = (reply: FastifyReply, status: number, fault: string) =>
    sendPage(reply.code(status), loginPage('/runs', { fault, provider: provider.host }));
  /** @param who whom it counts for; absent: nobody @param fault what the reader can do about it @param failure what went wrong in detail: for the log only */
  const refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { who, status, fault }: { who?: Asker; status: number; fault: string },
    failure?: { error: unknown; text: string },
  ) => {
    // What isn't the browser's fault bounds the lines of the log only: to wait would change nothing.
    const tooMany = await refused.add('oidc', request.ip, who ?? { who: `unanswered ${networkOf(request.ip)}` });
    if (tooMany && who !== undefined) return sendProblem(reply, tooMany);
    if (failure && !tooMany) ctx.logger.error({ err: messageOf(failure.error), issuer: provider.host }, failure.text);
    return turnAway(reply, status, fault);
  };

  app.get(
    `${openIdPath}/begin`,
    {
      schema: { querystring: z.object({ next: z.string().optional(), again: z.literal('yes').optional() }) },
      config: { public: true },
    },
    async (request, reply) => {
      const next = ownPath(request.query.next);
      const isAgain = request.query.again === 'yes';
      // A link of another site opens no session: whoever follows it is asked first.
      if (isFromElsewhere(request)) return sendPage(reply, loginPage(next, { provider: provider.host, isAgain }));
      const begun = await provider
        .begin(isAgain)
        .catch((error: unknown) => ({ error, text: 'the OpenID provider is away' }));
      if ('error' in begun) {
        const fault = `${provider.host} can't be reached, or doesn't answer as it should. Try again later, or use a password.`;
        return refuse(request, reply, { status: 502, fault }, begun);
      }
      const { url, ...rest } = begun;
      await keepPending(ctx, request, reply, { ...rest, next, who: (await knownFrom(ctx, request))?.who });
      return reply.redirect(url, 303);
    },
  );

  app.get(openIdPath, { config: { public: true } }, async (request, reply) => {
    const begun = await takePending(ctx, request, reply);
    // Any page can make a browser come here, and nobody is asked anything: it is no failed login.
    if (!begun) {
      return turnAway(reply, 400, 'This login was begun in another browser, or too long ago. Begin again.');
    }
    // Others of one's address, as in an office, keep nobody out who came in with this browser before.
    const { next, who: knownWho, ...checks } = begun;
    const who: Asker = knownWho === undefined ? strangerAt(request.ip) : { who: knownWho };
    const tooMany = await refused.tooManyOf('oidc', who);
    if (tooMany) return sendProblem(reply, tooMany);
    if (underWay >= mostAtOnce)
      return sendProblem(reply, problem(503, 'UNAVAILABLE', 'Too many log in at the moment. Begin again.'));
    const query = request.url.slice(openIdPath.length);
    underWay += 1;
    const arrival = await provider
      .end(query, checks)
      .catch((error: unknown) => ({ error, text: 'a login by OpenID Connect failed' }))
      .finally(() => {
        underWay -= 1;
      });
    if ('error' in arrival && arrival.error instanceof WeakLogin) {
      const { lack, who: subject } = arrival.error;
      const status = lack === 'auth_time' ? 502 : 403;
      const fault = lack === 'age' && checks.isAgain ? notAgain(provider.host) : lacking[lack](provider.host);
      return refuse(request, reply, { who: ofSubject(subject), status, fault }, arrival);
    }
    if ('error' in arrival) {
      const counted = (await isUnanswered(arrival.error)) ? {} : { who };
      const fault = `${provider.host} did not let you in, or what it says can't be trusted. The log of this program says more.`;
      return refuse(request, reply, { ...counted, status: 502, fault }, arrival);
    }
    const user = await userOfSubject(ctx, arrival, arrival.email);
    const known = user && access.knownAs(user, arrival, arrival.proof);
    if (!known)
      return refuse(request, reply, { who: ofSubject(arrival), status: 403, fault: unknownSubject(provider.host) });
    await letIn({ db: ctx.db, access }, request, reply, known, 'oidc');
    // The way here led over another site: the browser sends the cookie with the next request only.
    return sendPage(reply, onward(next));
  });
}

/** Whom the provider has asked is told from all others of their address. */
const ofSubject = ({ issuer, subject }: Subject): Asker => ({ who: credentials.ofSubject(issuer, subject) });

const notAgain = (host: string) =>
  `${host} did not ask you again who you are: it answered from a session that you had there. Log out there, and begin again.`;

const weakLogin = (host: string) =>
  `${host} did not ask you as strongly as Siaran demands. Log in there with your second factor, and begin again.`;

/** What is wrong with how the provider has asked, and what is to be done about it. */
const lacking: Readonly<Record<OidcLack, (host: string) => string>> = {
  acr: weakLogin,
  amr: weakLogin,
  age: (host) => `${host} asked you who you are longer ago than Siaran demands. Log out there, and begin again.`,
  auth_time: (host) =>
    `${host} does not tell when it asked you who you are: its ID token has no auth_time. Siaran needs it where SIARAN_OIDC_MAX_AGE is set, and before you change who may come in. Whoever runs ${host} can make it tell that; until then log in with a password.`,
};

function unknownSubject(host: string): string {
  return `No user here belongs to your login at ${host}. An owner has to give a user your e-mail address, and ${host} has to say that it has verified the address. After the first login with it, nobody else can use it.`;
}
