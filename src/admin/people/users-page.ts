import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { inviteByLink } from '../../pipeline/people/invitations.js';
import { listUsers } from '../../store/admin-users.js';
import type { AdminApp } from '../app.js';
import { orFault, show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/parts.js';
import { time } from '../html/words.js';
import { roleOptions, showLink, stateWords } from './parts.js';
import { email } from './user-fields.js';

const config = { owner: true } as const;

type Asked = { name: string; role: string; email: string };

/** The people who use the admin: a list, and a form that invites one more. */
export function addUsersPage(app: AdminApp, ctx: Context): void {
  app.get('/users', { config }, (request, reply) => showUsers(ctx, request, reply));

  app.post(
    '/users',
    {
      schema: { body: z.object({ name: z.string().trim().max(200), role: z.string(), email: email.default('') }) },
      config,
    },
    async (request, reply) => {
      const { name, role, email: address } = request.body;
      const person = { name, role, ...(address !== '' && { email: address }) };
      const made = await orFault(inviteByLink(ctx, person, 'admin'));
      if (made instanceof UsageError) return showUsers(ctx, request, reply.code(400), request.body, made.message);
      return showLink(ctx, request, reply, name, made);
    },
  );
}

async function showUsers(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Asked = { name: '', role: 'viewer', email: '' },
  fault?: string,
): Promise<FastifyReply> {
  const users = await listUsers(ctx.db);
  return show(request, reply, {
    title: 'Users',
    content: html`<h1>Users</h1><p class="hint">Who uses this dashboard, and whose programs use the API. Those who have a token of SIARAN_ADMIN_TOKEN are not among them.</p>${
      users.length === 0
        ? html`<p class="empty">There are no users yet.</p>`
        : table(
            'Users by name',
            ['Name', 'Role', 'E-mail', 'Since', 'Comes in by'],
            users.map((user) => [
              html`<a href="/users/${user.name}">${user.name}</a>`,
              user.role,
              html`<span class="words">${user.email}</span>`,
              time(user.createdAt),
              stateWords(user),
            ]),
          )
    }${inviteForm(asked, fault)}`,
  });
}

function inviteForm(asked: Asked, fault: string | undefined): Html {
  return html`<section><h2 id="invite">Invite somebody</h2><form class="question" method="post" action="/users" aria-labelledby="invite">${
    fault !== undefined && html`<p class="notice refused" id="fault" role="alert">${fault}</p>`
  }
<p class="field"><label for="name">Name</label> <input id="name" name="name" value="${asked.name}" required maxlength="40" spellcheck="false" autocomplete="off"${
    fault !== undefined && html` aria-describedby="fault"`
  }></p>
<p class="field"><label for="role">Role</label> <select id="role" name="role">${roleOptions(asked.role)}</select></p>
<p class="field"><label for="email">E-mail address <span class="faint">(for OpenID Connect only)</span></label> <input id="email" name="email" type="email" value="${asked.email}" maxlength="255" autocomplete="off"></p>
<p class="buttons"><button class="primary">Make a link</button></p></form></section>`;
}
