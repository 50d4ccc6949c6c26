import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { NotFoundError } from '../../errors.js';
import { type Invitation, inviteAgain, inviteByLink } from '../../pipeline/people/invitations.js';
import { resetTotp } from '../../pipeline/people/second-factor.js';
import { issueToken, revokeToken } from '../../pipeline/people/tokens.js';
import { giveEmail, giveRole, revokeUser } from '../../pipeline/people/users.js';
import { type AdminUser, listServiceTokens, listUsers, type ServiceToken } from '../../store/admin-users.js';
import type { AdminApp } from '../app.js';
import { instant } from '../schemas/basic.js';
import { adminAddress } from './admin-address.js';
import { days, email, inDays, label, ofToken, role, userName } from './user-fields.js';

const userView = z.object({
  name: z.string(),
  role: z.string(),
  email: z.string().nullable(),
  createdAt: instant,
  revokedAt: instant.nullable(),
  invitedUntil: instant.nullable().describe('until when their link lets them set a password'),
  hasPassword: z.boolean(),
  hasTotp: z.boolean().describe('whether their password needs a code too'),
  isBound: z.boolean().describe('whether they have come in by OpenID Connect'),
}) satisfies z.ZodType<AdminUser>;

const tokenView = z.object({
  id: z.string(),
  user: z.string(),
  label: z.string(),
  createdAt: instant,
  expiresAt: instant,
  usedAt: instant.nullable().describe('to the minute'),
}) satisfies z.ZodType<ServiceToken>;

const linkView = z.object({
  url: z.string().describe('lets its reader set a password, once; shown this once'),
  expiresAt: instant,
});

const config = { owner: true } as const;
const by = 'admin';
const noContent = { 204: z.null() };

/** People and the tokens of their programs, for programs of owners. */
export function addUserRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['people'];
  const linkTo = (request: FastifyRequest, { path, expiresAt }: Invitation) => ({
    url: adminAddress(ctx.config, request) + path,
    expiresAt,
  });

  app.get(
    '/users',
    { schema: { tags, operationId: 'listUsers', summary: 'All users', response: { 200: z.array(userView) } }, config },
    () => listUsers(ctx.db),
  );

  app.post(
    '/users',
    {
      schema: {
        tags,
        operationId: 'inviteUser',
        summary: 'Invite somebody: the link in the answer lets them set a password, once, within 24 hours',
        body: z.object({ name: z.string().max(200), role, email: email.optional() }),
        response: { 201: linkView },
      },
      config,
    },
    async (request, reply) => reply.code(201).send(linkTo(request, await inviteByLink(ctx, request.body, by))),
  );

  app.post(
    '/users/:name/link',
    {
      schema: {
        tags,
        operationId: 'inviteUserAgain',
        summary: 'Another link for a user, who has lost the first one or their password',
        params: userName,
        response: { 200: linkView },
      },
      config,
    },
    async (request) => linkTo(request, await inviteAgain(ctx, request.params.name, by)),
  );

  app.post(
    '/users/:name/role',
    {
      schema: {
        tags,
        operationId: 'changeUserRole',
        summary: 'Give a user another role, from their next request on',
        params: userName,
        body: z.object({ role }),
        response: noContent,
      },
      config,
    },
    async ({ params: { name }, body }, reply) => {
      await giveRole(ctx, name, body.role, by);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/users/:name/email',
    {
      schema: {
        tags,
        operationId: 'changeUserEmail',
        summary:
          'Give a user another e-mail address, or none: by it they are found at their first login by OpenID Connect',
        params: userName,
        body: z.object({ email }),
        response: noContent,
      },
      config,
    },
    async ({ params: { name }, body }, reply) => {
      await giveEmail(ctx, name, body.email, by);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/users/:name/totp/reset',
    {
      schema: {
        tags,
        operationId: 'resetUserTotp',
        summary: 'Take the codes from a user who has lost their app: their password is enough again',
        params: userName,
        response: noContent,
      },
      config,
    },
    async ({ params: { name } }, reply) => {
      await resetTotp(ctx, name, by);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/users/:name/revoke',
    {
      schema: {
        tags,
        operationId: 'revokeUser',
        summary: "Take a user's access away: their sessions and tokens end",
        params: userName,
        response: noContent,
      },
      config,
    },
    async ({ params: { name } }, reply) => {
      await revokeUser(ctx, name, by);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/users/:name/tokens',
    {
      schema: {
        tags,
        operationId: 'listUserTokens',
        summary: "Tokens of a user's programs",
        params: userName,
        response: { 200: z.array(tokenView) },
      },
      config,
    },
    ({ params: { name } }) => listServiceTokens(ctx.db, name),
  );

  app.post(
    '/users/:name/tokens',
    {
      schema: {
        tags,
        operationId: 'issueUserToken',
        summary: 'Issue a token for a program of a user, which may what they may',
        params: userName,
        body: z.object({ label, days }),
        response: {
          201: z.object({ id: z.string(), token: z.string().describe('shown this once'), expiresAt: instant }),
        },
      },
      config,
    },
    async ({ params: { name }, body }, reply) => {
      const token = { name, label: body.label, expiresAt: inDays(body.days) };
      return reply.code(201).send(await issueToken(ctx, token, by));
    },
  );

  app.delete(
    '/users/:name/tokens/:id',
    {
      schema: {
        tags,
        operationId: 'revokeUserToken',
        summary: 'Revoke a token: it stops working at once',
        params: ofToken,
        response: noContent,
      },
      config,
    },
    async ({ params: { name, id } }, reply) => {
      const known = await listServiceTokens(ctx.db, name);
      if (!known.some((token) => token.id === id)) throw new NotFoundError('token', id);
      await revokeToken(ctx, id, { by, of: name });
      return reply.code(204).send(null);
    },
  );
}
