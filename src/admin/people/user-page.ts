import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { inviteAgain } from '../../pipeline/people/invitations.js';
import { resetTotp } from '../../pipeline/people/second-factor.js';
import { giveEmail, giveRole, revokeUser } from '../../pipeline/people/users.js';
import type { AdminApp } from '../app.js';
import { goTo, orFault, show } from '../forms/answer.js';
import { html } from '../html/html.js';
import { question } from '../html/parts.js';
import { showLink } from './parts.js';
import { oneUser, showUser } from './show-user.js';
import { email, userName } from './user-fields.js';

const config = { owner: true } as const;
const params = userName;

/** One user: what an owner may change about them. */
export function addUserPage(app: AdminApp, ctx: Context): void {
  app.get('/users/:name', { schema: { params }, config }, (request, reply) =>
    showUser(ctx, request, reply, request.params.name),
  );

  /** What an owner asks for, and the sentence that tells of it. */
  const change = async (
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    work: Promise<unknown>,
    told: string,
  ) => {
    const done = await orFault(work);
    if (done instanceof UsageError) return showUser(ctx, request, reply.code(400), name, done.message);
    return goTo(request, reply, `/users/${encodeURIComponent(name)}`, told);
  };

  app.post(
    '/users/:name/role',
    { schema: { params, body: z.object({ role: z.string() }) }, config },
    (request, reply) => {
      const { name } = request.params;
      const { role } = request.body;
      return change(request, reply, name, giveRole(ctx, name, role, 'admin'), `${name} is ${role} now.`);
    },
  );

  app.post('/users/:name/email', { schema: { params, body: z.object({ email }) }, config }, (request, reply) => {
    const { name } = request.params;
    const work = giveEmail(ctx, name, request.body.email, 'admin');
    return change(request, reply, name, work, 'The e-mail address is changed.');
  });

  app.post('/users/:name/link', { schema: { params }, config }, async (request, reply) => {
    const { name } = request.params;
    return showLink(ctx, request, reply, name, await inviteAgain(ctx, name, 'admin'));
  });

  app.post('/users/:name/totp/reset', { schema: { params }, config }, (request, reply) => {
    const { name } = request.params;
    return change(request, reply, name, resetTotp(ctx, name, 'admin'), `The password of ${name} needs no code.`);
  });

  app.get('/users/:name/revoke', { schema: { params }, config }, async (request, reply) => {
    const { name } = await oneUser(ctx, request.params.name);
    return show(request, reply, {
      title: `Revoke ${name}`,
      content: html`<p class="trail"><a href="/users">Users</a> <a href="/users/${name}">${name}</a></p><h1>Revoke ${name}</h1>${question(
        {
          text: html`Take ${name}'s access away? Their sessions and the tokens of their programs end at once. It can't be undone: the name stays taken, as the audit log has it.`,
          action: `/users/${encodeURIComponent(name)}/revoke`,
          button: `Yes, revoke ${name}`,
          back: `/users/${encodeURIComponent(name)}`,
          danger: true,
        },
      )}`,
    });
  });

  app.post('/users/:name/revoke', { schema: { params }, config }, (request, reply) => {
    const { name } = request.params;
    return change(request, reply, name, revokeUser(ctx, name, 'admin'), `${name} no longer has access.`);
  });
}
