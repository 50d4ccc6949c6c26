import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { acceptInvitation, invitedBy } from '../../pipeline/people/invitations.js';
import { isFromElsewhere, refuseElsewhere } from '../access/guard.js';
import type { RefusedLogins } from '../access/refused-logins.js';
import type { AdminApp } from '../app.js';
import { orFault, sendPage } from '../forms/answer.js';
import { html } from '../html/html.js';
import { layout } from '../html/layout.js';
import { sendProblem } from '../problem.js';
import { chosenPassword, passwordRules } from './password-fields.js';

const secret = z.string().max(100);

/** Where a link leads that an owner has made for somebody: they set a password, once. To look at it uses nothing up, as chats do. */
export function addInvitationPage(app: AdminApp, ctx: Context, refused: RefusedLogins): void {
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const tooMany = await refused.add('invitation', request.ip);
    return tooMany ? sendProblem(reply, tooMany) : sendPage(reply.code(401), usedPage());
  };

  app.get(
    '/invitation',
    { schema: { querystring: z.object({ once: secret }) }, config: { public: true } },
    async (request, reply) => {
      const { once } = request.query;
      const name = await invitedBy(ctx, once);
      return name === undefined ? refuse(request, reply) : sendPage(reply, passwordPage(name, once));
    },
  );

  app.post(
    '/invitation',
    {
      schema: { body: z.object({ once: secret, password: z.string().max(1_000), again: z.string().max(1_000) }) },
      config: { public: true },
    },
    async (request, reply) => {
      if (isFromElsewhere(request)) return refuseElsewhere(reply);
      const { once, password, again } = request.body;
      const name = await invitedBy(ctx, once);
      if (name === undefined) return refuse(request, reply);
      if (password !== again) return sendPage(reply.code(400), passwordPage(name, once, 'The two are not the same.'));
      const done = await orFault(acceptInvitation(ctx, { secret: once, password }));
      if (done instanceof UsageError) return sendPage(reply.code(400), passwordPage(name, once, done.message));
      return done === undefined ? refuse(request, reply) : sendPage(reply, donePage(done));
    },
  );
}

function passwordPage(name: string, once: string, fault?: string): string {
  return layout({
    title: 'Set a password',
    content: html`<h1>Welcome, ${name}</h1>
<form class="login" method="post" action="/invitation">
${fault !== undefined && html`<p class="notice refused" id="fault" role="alert">${fault}</p>`}
<input type="hidden" name="once" value="${once}">
<label for="name">Your name</label>
<input id="name" value="${name}" autocomplete="username" readonly>
${chosenPassword('password', 'A password')}
${chosenPassword('again', 'The same again')}
${passwordRules}
<button class="primary">Set the password</button>
</form>`,
  });
}

function donePage(name: string): string {
  return layout({
    title: 'Your password is set',
    content: html`<h1>Your password is set</h1><p>You log in as <b>${name}</b>. The link is used up.</p><p><a class="button" href="/login">Log in</a></p>`,
  });
}

function usedPage(): string {
  return layout({
    title: 'This link is used up',
    content: html`<h1>This link is used up</h1><p class="notice refused">This link was used before, is older than 24 hours, or another one has taken its place. An owner can make you another.</p><p><a class="button" href="/login">Log in</a></p>`,
  });
}
