import { randomBytes } from 'node:crypto';
import type { Context } from '../../context.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { UsageError } from '../../errors.js';
import { addServiceToken, findUser, removeServiceToken } from '../../store/admin-users.js';
import { addAudit } from '../../store/audit-log.js';
import { type By, changePeople, unknownUser } from './change.js';

/** Tells a service token from others, for those who read one in a leak and for the admin. */
export const serviceTokenPrefix = 'siaran_';

/** So long a token may be good at most. */
export const longestTokenMs = 366 * 86_400_000;

/** A token for a program of theirs, which may what they may. @returns it, which is kept nowhere: it is shown once */
export async function issueToken(
  ctx: Context,
  { name, label, expiresAt }: { name: string; label: string; expiresAt: Date },
  by?: By,
): Promise<{ id: string; token: string; expiresAt: string }> {
  if (label.length > 100) throw new UsageError('A label has at most 100 characters.');
  const token = `${serviceTokenPrefix}${randomBytes(32).toString('base64url')}`;
  const digest = secretDigest(token);
  const detail = { label, expiresAt: expiresAt.toISOString() };
  const id = await changePeople(ctx, { action: 'user token add', name, detail }, by, async (tx) => {
    if (!(await findUser(tx, name))) throw unknownUser(name);
    return addServiceToken(tx, { digest, userName: name, label, expiresAt });
  });
  return { id, token, expiresAt: detail.expiresAt };
}

/** @param of whose token it has to be @throws {UsageError} if there is none */
export async function revokeToken(ctx: Context, id: string, { by, of }: { by?: By; of?: string } = {}): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const target = await removeServiceToken(tx, id, of);
    if (target === undefined)
      throw new UsageError(`There is no token ${JSON.stringify(id)}; siaran user token list tells which there are.`);
    if (by === 'admin') return;
    const who = by ?? { actor: ctx.config.actor };
    await addAudit(tx, { ...who, action: 'user token revoke', target, detail: { token: id } });
  });
}
