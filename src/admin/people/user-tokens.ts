import * as z from 'zod';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { issueToken, revokeToken } from '../../pipeline/people/tokens.js';
import type { AdminApp } from '../app.js';
import { goTo, orFault, show } from '../forms/answer.js';
import { html } from '../html/html.js';
import { time } from '../html/words.js';
import { secretField } from './parts.js';
import { showUser } from './show-user.js';
import { inDays, label, ofToken, userName, writtenDays } from './user-fields.js';

const config = { owner: true } as const;

/** Tokens of a user's programs: made and shown once, and revoked. */
export function addUserTokenForms(app: AdminApp, ctx: Context): void {
  app.post(
    '/users/:name/tokens',
    { schema: { params: userName, body: z.object({ label, days: writtenDays }) }, config },
    async (request, reply) => {
      const { name } = request.params;
      const token = { name, label: request.body.label, expiresAt: inDays(request.body.days) };
      const made = await orFault(issueToken(ctx, token, 'admin'));
      if (made instanceof UsageError) return showUser(ctx, request, reply.code(400), name, made.message);
      return show(request, reply, {
        title: `A token of ${name}`,
        content: html`<p class="trail"><a href="/users">Users</a> <a href="/users/${name}">${name}</a></p><h1>A token of ${name}</h1><p>The program ${JSON.stringify(token.label)} sends it as <code>Authorization: Bearer TOKEN</code>, and may what ${name} may, until ${time(made.expiresAt)}. It is shown this once.</p>${secretField('token', 'The token', made.token)}<p><a class="button" href="/users/${name}">Go on to ${name}</a></p>`,
      });
    },
  );

  app.post('/users/:name/tokens/:id/revoke', { schema: { params: ofToken }, config }, async (request, reply) => {
    const { name, id } = request.params;
    const done = await orFault(revokeToken(ctx, id, { by: 'admin', of: name }));
    if (done instanceof UsageError) return showUser(ctx, request, reply.code(400), name, done.message);
    return goTo(request, reply, `/users/${encodeURIComponent(name)}`, `Token ${id} is revoked.`);
  });
}
