import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import type { OidcLack } from '../../domain/people/oidc-demands.js';
import { messageOf } from '../../errors.js';
import { userOfSubject } from '../../pipeline/people/subjects.js';
import type { Access } from '../access/access.js';
import { isFromElsewhere } from '../access/guard.js';
import { letIn } from '../access/let-in.js';
import { loginPage, onward, ownPath } from '../access/login-page.js';
import type { RefusedLogins } from '../access/refused-logins.js';
import { cameByHttps } from '../access/session-cookie.js';
import type { AdminApp } from '../app.js';
import { sendPage } from '../forms/answer.js';
import { problem, sendProblem } from '../problem.js';
import { type Begun, type OpenIdProvider, openIdPath, WeakLogin } from './provider.js';

type Options = { access: Access; refused: RefusedLogins; provider: OpenIdProvider };

/** So long somebody may take at the provider. */
const patienceSeconds = 600;

const kept = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() },
  isAgain: z.boolean().default(false),
});

/** So many logins are asked the provider about at once: each holds a connection for up to ten seconds. */
const mostAtOnce = 10;

/** Logging in by OpenID Connect: to the provider, and back. */
export function addOpenIdLogin(app: AdminApp, ctx: Context, { access, refused, provider }: Options): void {
  let underWay = 0;
  const turnAway = (reply: FastifyReply, status: number, fault: string) =>
    sendPage(reply.code(status), loginPage('/runs', { fault, provider: provider.host }));
  /** @param fault what the reader can do about it @param failure what went wrong in detail: for the log only */
  const refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    fault: string,
    failure?: { error: unknown; text: string },
  ) => {
    const tooMany = await refused.add('oidc', request.ip);
    if (tooMany) return sendProblem(reply, tooMany);
    if (failure) ctx.logger.error({ err: messageOf(failure.error), issuer: provider.host }, failure.text);
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
      try {
        const { url, ...begun } = await provider.begin(isAgain);
        keep(request, reply, { ...begun, next });
        return await reply.redirect(url, 303);
      } catch (error) {
        return refuse(
          request,
          reply,
          502,
          `${provider.host} can't be reached, or doesn't answer as it should. Try again later, or use a password.`,
          { error, text: 'the OpenID provider is away' },
        );
      }
    },
  );

  app.get(openIdPath, { config: { public: true } }, async (request, reply) => {
    const tooMany = await refused.tooManyOf(request.ip);
    if (tooMany) return sendProblem(reply, tooMany);
    const begun = keptIn(request);
    void reply.clearCookie(nameFor(request), optionsFor(request));
    // Any page can make a browser come here, and nobody is asked anything: it is no failed login.
    if (!begun) {
      return turnAway(reply, 400, 'This login was begun in another browser, or too long ago. Begin again.');
    }
    if (underWay >= mostAtOnce)
      return sendProblem(reply, problem(503, 'UNAVAILABLE', 'Too many log in at the moment. Begin again.'));
    const { next, ...checks } = begun;
    const query = request.url.slice(openIdPath.length);
    underWay += 1;
    const arrival = await provider
      .end(query, checks)
      .catch((error: unknown) => ({ error, text: 'a login by OpenID Connect failed' }))
      .finally(() => {
        underWay -= 1;
      });
    if ('error' in arrival && arrival.error instanceof WeakLogin) {
      const { lack } = arrival.error;
      return refuse(request, reply, lack === 'auth_time' ? 502 : 403, lacking[lack](provider.host), arrival);
    }
    if ('error' in arrival)
      return refuse(
        request,
        reply,
        502,
        `${provider.host} did not let you in, or what it says can't be trusted. The log of this program says more.`,
        arrival,
      );
    const user = await userOfSubject(ctx, arrival, arrival.email);
    const known = user && access.knownAs(user, arrival, arrival.proof);
    if (!known) return refuse(request, reply, 403, unknownSubject(provider.host));
    await letIn(access, request, reply, known, 'oidc');
    // The way here led over another site: the browser sends the cookie with the next request only.
    // Its cookie is the browser's, who may have changed it.
    return sendPage(reply, onward(ownPath(next)));
  });
}

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
  return `Nobody here is who you are at ${host}. An owner has to give a user your e-mail address, and ${host} to vouch for it; whoever came in with it first is the only one who may.`;
}

function keep(request: FastifyRequest, reply: FastifyReply, begun: Begun & { next: string }): void {
  const text = Buffer.from(JSON.stringify(begun)).toString('base64url');
  void reply.setCookie(nameFor(request), text, { ...optionsFor(request), maxAge: patienceSeconds });
}

function keptIn(request: FastifyRequest): z.infer<typeof kept> | undefined {
  const text = Buffer.from(request.cookies[nameFor(request)] ?? '', 'base64url').toString();
  try {
    return kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function nameFor(request: FastifyRequest): string {
  return cameByHttps(request) ? '__Host-siaran_openid' : 'siaran_openid';
}

/** Lax: the browser comes back from another site. */
function optionsFor(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: cameByHttps(request) } as const;
}
