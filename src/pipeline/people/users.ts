import { randomBytes } from 'node:crypto';
import type { Context } from '../../context.js';
import type { AuditAction } from '../../domain/audit/audit-actions.js';
import { adminRoles, isRole } from '../../domain/people/roles.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { UsageError } from '../../errors.js';
import { addServiceToken, addUser, changeUser, findUser, removeServiceToken } from '../../store/admin-users.js';
import { addAudit } from '../../store/audit-log.js';
import type { Sql } from '../../store/postgres/database.js';
import { hashPassword, newPassword } from './passwords.js';

/** Tells a service token from others, for those who read one in a leak and for the admin. */
export const serviceTokenPrefix = 'siaran_';

/** Names under which others than people stand in the audit log; `admin` is whoever has a token without a name. */
const taken = ['siaran', 'local', 'unknown', 'admin'];

/** Lets somebody in. @returns their password, which is kept nowhere: it is shown once */
export async function inviteUser(ctx: Context, name: string, role: string): Promise<{ password: string }> {
  requireRole(role);
  if (!/^[\w.-]{1,40}$/.test(name)) throw new UsageError('A name has 1 to 40 letters, digits, ., - and _.');
  if (taken.includes(name.toLowerCase()) || ctx.config.adminTokens.some((token) => token.name === name))
    throw new UsageError(`The name ${name} stands for somebody else in the audit log; choose another.`);
  const password = newPassword();
  const hash = await hashPassword(password);
  await change(ctx, { action: 'user add', name, detail: { role } }, async (tx) => {
    if (!(await addUser(tx, { name, role, password: hash })))
      throw new UsageError(`There is a user ${name} already, or was: the audit log has that name.`);
  });
  return { password };
}

/** Ends their sessions too: those were opened with the old password. */
export async function renewPassword(ctx: Context, name: string): Promise<{ password: string }> {
  const password = newPassword();
  const hash = await hashPassword(password);
  await changeOne(ctx, { action: 'user password', name, detail: {} }, { password: hash });
  return { password };
}

/** From their next request on. */
export async function giveRole(ctx: Context, name: string, role: string): Promise<void> {
  requireRole(role);
  await changeOne(ctx, { action: 'user role', name, detail: { role } }, { role });
}

/** They, their sessions and their programs come in no more. */
export async function revokeUser(ctx: Context, name: string): Promise<void> {
  await changeOne(ctx, { action: 'user revoke', name, detail: {} }, { revokedAt: new Date() });
}

/** A token for a program of theirs, which may what they may. @returns it, which is kept nowhere: it is shown once */
export async function issueToken(
  ctx: Context,
  { name, label, expiresAt }: { name: string; label: string; expiresAt: Date },
): Promise<{ id: string; token: string; expiresAt: string }> {
  if (label.length > 100) throw new UsageError('A label has at most 100 characters.');
  const token = `${serviceTokenPrefix}${randomBytes(32).toString('base64url')}`;
  const digest = secretDigest(token);
  const detail = { label, expiresAt: expiresAt.toISOString() };
  const id = await change(ctx, { action: 'user token add', name, detail }, async (tx) => {
    if (!(await findUser(tx, name))) throw unknownUser(name);
    return addServiceToken(tx, { digest, userName: name, label, expiresAt });
  });
  return { id, token, expiresAt: detail.expiresAt };
}

export async function revokeToken(ctx: Context, id: string): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const user = await removeServiceToken(tx, id);
    if (user === undefined)
      throw new UsageError(`There is no token ${JSON.stringify(id)}; siaran user token list tells which there are.`);
    await addAudit(tx, { actor: ctx.config.actor, action: 'user token revoke', target: user, detail: { token: id } });
  });
}

type Told = { action: AuditAction; name: string; detail: object };

function changeOne(ctx: Context, told: Told, to: Parameters<typeof changeUser>[2]): Promise<void> {
  return change(ctx, told, async (tx) => {
    if (!(await changeUser(tx, told.name, to))) throw unknownUser(told.name);
  });
}

/** In one transaction with its entry in the audit log. */
function change<T>(ctx: Context, { action, name, detail }: Told, make: (tx: Sql) => Promise<T>): Promise<T> {
  return ctx.db.$transaction(async (tx) => {
    const made = await make(tx);
    await addAudit(tx, { actor: ctx.config.actor, action, target: name, detail });
    return made;
  });
}

function requireRole(role: string): void {
  if (!isRole(role))
    throw new UsageError(`The role is ${JSON.stringify(role)}; it is one of ${adminRoles.join(', ')}.`);
}

function unknownUser(name: string): UsageError {
  return new UsageError(`There is no user ${JSON.stringify(name)} who may come in; siaran user list tells who may.`);
}
