import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
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
import { sendProblem } from '../problem.js';
import { type Begun, type OpenIdProvider, openIdPath } from './provider.js';

type Options = { access: Access; refused: RefusedLogins; provider: OpenIdProvider };

/** So long somebody may take at the provider. */
const patienceSeconds = 600;

const kept = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() });

/** Logging in by OpenID Connect: to the provider, and back. */
export function addOpenIdLogin(app: AdminApp, ctx: Context, { access, refused, provider }: Options): void {
  /** @param fault what the reader can do about it; what went wrong in detail is for the log only */
  const refuse = (request: FastifyRequest, reply: FastifyReply, status: number, fault: string) => {
    const tooMany = refused.add('oidc', request.ip);
    if (tooMany) return sendProblem(reply, tooMany);
    return sendPage(reply.code(status), loginPage('/runs', { fault, provider: provider.host }));
  };

  app.get(
    `${openIdPath}/begin`,
    { schema: { querystring: z.object({ next: z.string().optional() }) }, config: { public: true } },
    async (request, reply) => {
      const next = ownPath(request.query.next);
      // A link of another site opens no session: whoever follows it is asked first.
      if (isFromElsewhere(request)) return sendPage(reply, loginPage(next, { provider: provider.host }));
      try {
        const { url, ...begun } = await provider.begin();
        keep(request, reply, { ...begun, next });
        return await reply.redirect(url, 303);
      } catch (error) {
        ctx.logger.error({ err: messageOf(error), issuer: provider.host }, 'the OpenID provider is away');
        return refuse(
          request,
          reply,
          502,
          `${provider.host} can't be reached, or doesn't answer as it should. Try again later, or use a password.`,
        );
      }
    },
  );

  app.get(openIdPath, { config: { public: true } }, async (request, reply) => {
    const begun = keptIn(request);
    void reply.clearCookie(nameFor(request), optionsFor(request));
    if (!begun)
      return refuse(request, reply, 400, 'This login was begun in another browser, or too long ago. Begin again.');
    const { next, ...checks } = begun;
    const query = request.url.slice(openIdPath.length);
    const arrival = await provider.end(query, checks).catch((error: unknown) => {
      ctx.logger.error({ err: messageOf(error), issuer: provider.host }, 'a login by OpenID Connect failed');
    });
    if (!arrival)
      return refuse(
        request,
        reply,
        502,
        `${provider.host} did not let you in, or what it says can't be trusted. The log of this program says more.`,
      );
    const user = await userOfSubject(ctx, arrival, arrival.email);
    const known = user && access.knownAs(user, arrival);
    if (!known) return refuse(request, reply, 403, unknownSubject(provider.host));
    await letIn(access, request, reply, known, 'oidc');
    // The way here led over another site: the browser sends the cookie with the next request only.
    return sendPage(reply, onward(next));
  });
}

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
