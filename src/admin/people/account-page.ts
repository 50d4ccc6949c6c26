import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { NotFoundError, UsageError } from '../../errors.js';
import { changeOwnPassword, isOwnPassword } from '../../pipeline/people/own-password.js';
import {
  beginTotp,
  confirmTotp,
  renewRecoveryCodes,
  resetTotp,
  wrongCode,
} from '../../pipeline/people/second-factor.js';
import { countRecoveryCodes } from '../../store/admin-second-factors.js';
import { type FoundUser, findUser } from '../../store/admin-users.js';
import type { Access } from '../access/access.js';
import type { AdminApp } from '../app.js';
import { sessionOf } from '../cookies/session-cookie.js';
import { goTo, orFault, show } from '../forms/answer.js';
import type { Html } from '../html/html.js';
import { accountContent, againContent, recoveryContent, setUpContent } from './account-parts.js';

const config = { own: true, byBrowser: true, withoutCodes: true } as const;
const password = z.string().max(1_000);
const anotherPassword = z.object({ password, chosen: password, again: password });
const code = z.string().trim().max(100);
const withCode = { body: z.object({ code }) };

/** What is a user's own: their password, and its second factor. */
export function addAccountPage(app: AdminApp, ctx: Context, access: Access): void {
  const needsCodes = ctx.config.needsSecondFactor;
  const showAccount = async (request: FastifyRequest, reply: FastifyReply, fault?: string) => {
    const user = await own(ctx, request);
    const left = await countRecoveryCodes(ctx.db, user.name);
    return show(request, reply, {
      title: 'Your account',
      refusal: fault,
      content: accountContent(user, left, needsCodes),
    });
  };
  const showSetUp = (request: FastifyRequest, reply: FastifyReply, content: Html, refusal?: string) =>
    show(request, reply, { title: 'Set up codes', refusal, content });
  const showCodes = (request: FastifyRequest, reply: FastifyReply, codes: readonly string[]) =>
    show(request, reply, { title: 'Recovery codes', content: recoveryContent(codes) });

  app.get('/account', { config: { withoutCodes: true } }, (request, reply) => showAccount(request, reply));

  // The audit log keeps `again` of other forms.
  const secret = { ...config, tellsNothing: true } as const;
  app.post('/account/password', { schema: { body: anotherPassword }, config: secret }, async (request, reply) => {
    const user = await own(ctx, request);
    const { password: current, chosen, again } = request.body;
    if (chosen !== again) return showAccount(request, reply.code(400), 'The two are not the same.');
    const session = secretDigest(sessionOf(request) ?? '');
    const done = await orFault(changeOwnPassword(ctx, user, { current, chosen, session }));
    if (done instanceof UsageError) return showAccount(request, reply.code(400), done.message);
    return goTo(request, reply, '/account', 'You have another password. Your other browsers are logged out.');
  });

  app.post('/account/totp', { schema: { body: z.object({ password }) }, config }, async (request, reply) => {
    const user = await own(ctx, request);
    // Whoever finds a browser open can't bind an account to an app of theirs.
    const isTheirs = await orFault(isOwnPassword(ctx, user, request.body.password));
    if (isTheirs instanceof UsageError) return showAccount(request, reply.code(400), isTheirs.message);
    if (!isTheirs) return showAccount(request, reply.code(400), 'This password is wrong.');
    const begun = await orFault(beginTotp(ctx, user.name));
    if (begun instanceof UsageError) return showAccount(request, reply.code(400), begun.message);
    return showSetUp(request, reply, setUpContent(user.name, begun));
  });

  app.post('/account/totp/confirm', { schema: withCode, config }, async (request, reply) => {
    const { name } = await own(ctx, request);
    const codes = await orFault(confirmTotp(ctx, name, request.body.code, secretDigest(sessionOf(request) ?? '')));
    // Without the secret: whoever finds the browser open has shown no password.
    if (codes instanceof UsageError) return showSetUp(request, reply.code(400), againContent(), codes.message);
    return showCodes(request, reply, codes);
  });

  app.post('/account/totp/codes', { schema: withCode, config }, async (request, reply) => {
    const user = await own(ctx, request);
    if (!(await access.takesCode(user, request.body.code)))
      return showAccount(request, reply.code(400), wrongCode().message);
    return showCodes(request, reply, await renewRecoveryCodes(ctx, user.name));
  });

  app.post('/account/totp/off', { schema: withCode, config }, async (request, reply) => {
    const user = await own(ctx, request);
    if (needsCodes) return showAccount(request, reply.code(400), 'Here each password needs a code: codes stay on.');
    if (!(await access.takesCode(user, request.body.code)))
      return showAccount(request, reply.code(400), wrongCode().message);
    await resetTotp(ctx, user.name, 'admin', secretDigest(sessionOf(request) ?? ''));
    return goTo(request, reply, '/account', 'Your password needs no code any more.');
  });
}

/** @throws {NotFoundError} for a token of the configuration, which is nobody's account */
async function own({ db }: Context, { actor }: FastifyRequest): Promise<FoundUser> {
  const user = actor.isUser ? await findUser(db, actor.name) : undefined;
  if (!user) throw new NotFoundError('user', actor.name);
  return user;
}
