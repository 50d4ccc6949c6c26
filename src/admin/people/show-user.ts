import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { NotFoundError } from '../../errors.js';
import { type AdminUser, listServiceTokens, listUsers } from '../../store/admin-users.js';
import { show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { facts } from '../html/parts.js';
import { time } from '../html/words.js';
import { roleOptions, stateWords } from './parts.js';
import { tokenSection } from './token-section.js';

/** @throws {NotFoundError} */
export async function oneUser(ctx: Context, name: string): Promise<AdminUser> {
  const user = (await listUsers(ctx.db)).find((known) => known.name === name);
  if (!user) throw new NotFoundError('user', name);
  return user;
}

/** Shows one user, and what an owner may change about them. @param fault why what was asked for wasn't done */
export async function showUser(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  fault?: string,
): Promise<FastifyReply> {
  const user = await oneUser(ctx, name);
  const tokens = await listServiceTokens(ctx.db, name);
  return show(request, reply, {
    title: name,
    refusal: fault,
    content: html`<p class="trail"><a href="/users">Users</a></p><h1>${name}</h1>${facts([
      ['Role', user.role],
      ['E-mail address', user.email],
      ['Since', time(user.createdAt)],
      ['Comes in by', stateWords(user)],
      ['Link good until', user.invitedUntil !== null && time(user.invitedUntil)],
    ])}${user.revokedAt === null && html`${changes(user)}${tokenSection(name, tokens)}`}`,
  });
}

function changes(user: AdminUser): Html {
  const path = `/users/${encodeURIComponent(user.name)}`;
  return html`<section><h2>Change</h2>
<form class="question" method="post" action="${path}/role"><p class="field"><label for="role">Role</label> <select id="role" name="role">${roleOptions(user.role)}</select></p><p class="buttons"><button>Change the role</button></p></form>
<form class="question" method="post" action="${path}/email"><p class="field"><label for="email">E-mail address <span class="faint">(for OpenID Connect; a change also forgets whom they were there)</span></label> <input id="email" name="email" type="email" value="${user.email}" maxlength="255" autocomplete="off"></p><p class="buttons"><button>Change the address</button></p></form>
<form class="question" method="post" action="${path}/link"><p>A new link lets ${user.name} set a password, once, within 24 hours. Use it if they have lost theirs.</p><p class="buttons"><button>Make a link</button> <a class="button danger" href="${path}/revoke">Revoke ${user.name}…</a></p></form>${
    user.hasTotp &&
    html`<form class="question" method="post" action="${path}/totp/reset"><p>Their password needs a code. If they have lost their app and their recovery codes, make it need none.</p><p class="buttons"><button>Take the codes away</button></p></form>`
  }</section>`;
}
