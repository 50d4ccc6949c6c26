import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { adminRoles } from '../../domain/people/roles.js';
import type { Invitation } from '../../pipeline/people/invitations.js';
import type { AdminUser } from '../../store/admin-users.js';
import { show } from '../forms/answer.js';
import { type Content, type Html, html } from '../html/html.js';
import { time } from '../html/words.js';
import { adminAddress } from './admin-address.js';

/** Shows a link once: it goes through no cookie and stands in no address. */
export function showLink(
  { config }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  { path, expiresAt }: Invitation,
): FastifyReply {
  const url = adminAddress(config, request) + path;
  return show(request, reply, {
    title: `A link for ${name}`,
    content: html`<p class="trail"><a href="/users">Users</a></p><h1>A link for ${name}</h1><p>Whoever opens it sets the password of ${name}, once, until ${time(expiresAt)}. It is shown this once: send it to ${name} by a way that only they read.</p>${secretField('link', 'The link', url)}<p><a class="button" href="/users/${name}">Go on to ${name}</a></p>`,
  });
}

/** Something that is shown once, to be copied. */
export function secretField(id: string, name: string, secret: string): Html {
  return html`<p class="secret"><label for="${id}">${name}</label> <input id="${id}" value="${secret}" readonly spellcheck="false" autocomplete="off"></p>`;
}

/** The roles to choose from. */
export function roleOptions(chosen: string): Content {
  return adminRoles.map((role) => html`<option${role === chosen && html` selected`}>${role}</option>`);
}

/** Whether a user can come in, and how. */
export function stateWords(user: AdminUser): Content {
  if (user.revokedAt !== null) return html`<span class="faint">revoked ${time(user.revokedAt)}</span>`;
  const ways = [
    user.hasPassword && (user.hasTotp ? 'password and code' : 'password without a code'),
    user.isBound && 'OpenID Connect',
  ];
  const known = ways.filter((way) => way !== false);
  if (user.invitedUntil !== null && Date.parse(user.invitedUntil) > Date.now())
    known.push(known.length > 0 ? 'has another link' : 'invited');
  return known.length > 0 ? known.join(', ') : 'cannot log in yet';
}
