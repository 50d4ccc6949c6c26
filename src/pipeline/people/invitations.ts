import { randomBytes } from 'node:crypto';
import type { Context } from '../../context.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { findInvited, putInvitation, takeInvitation } from '../../store/admin-invitations.js';
import { endSessionsOfUser } from '../../store/admin-sessions.js';
import { findUser } from '../../store/admin-users.js';
import { addAudit } from '../../store/audit-log.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type By, changePeople, unknownUser } from './change.js';
import { hashChosen } from './own-password.js';
import { insertUser, type NewPerson } from './users.js';

/** So long a link lets somebody set a password. */
const goodMs = 24 * 3_600_000;

/** A link that lets one person set a password, once: where it leads below the admin's address. It is shown once, and kept nowhere. */
export type Invitation = { path: string; expiresAt: string };

/** Lets somebody in, who sets a password of their own. */
export function inviteByLink(ctx: Context, person: NewPerson, by?: By): Promise<Invitation> {
  const { name, role } = person;
  return changePeople(ctx, { action: 'user invite', name, detail: { role } }, by, async (tx) => {
    await insertUser(ctx, tx, person, null);
    return putLink(tx, name);
  });
}

/** Another link for somebody, who has lost the first one or their password. The old password is good until they set a new one. */
export function inviteAgain(ctx: Context, name: string, by?: By): Promise<Invitation> {
  return changePeople(ctx, { action: 'user link', name }, by, (tx) => putLink(tx, name));
}

/** Whom this secret of a link lets set a password; `undefined`: nobody. */
export function invitedBy(ctx: Context, secret: string): Promise<string | undefined> {
  return findInvited(ctx.db, secretDigest(secret));
}

/**
 * Sets the password of whom the secret stands for, and ends their sessions.
 * @returns their name; `undefined`: the link was used meanwhile, or is too old
 * @throws {UsageError} the password won't do: the link stays good @throws {SiaranError} `UNAVAILABLE`: too many ask at the same time
 */
export async function acceptInvitation(
  ctx: Context,
  { secret, password }: { secret: string; password: string },
): Promise<string | undefined> {
  const invited = await invitedBy(ctx, secret);
  if (invited === undefined) return undefined;
  const email = (await findUser(ctx.db, invited))?.email ?? null;
  const hash = await hashChosen(password, { name: invited, email });
  return ctx.db.$transaction(async (tx) => {
    const name = await takeInvitation(tx, secretDigest(secret), hash);
    if (name === undefined) return undefined;
    await endSessionsOfUser(tx, name);
    await addAudit(tx, { actor: name, actorKind: 'user', action: 'own password', target: name, detail: {} });
    return name;
  });
}

async function putLink(tx: Sql, name: string): Promise<Invitation> {
  const secret = randomBytes(32).toString('base64url');
  const until = await putInvitation(tx, name, secretDigest(secret), goodMs);
  if (!until) throw unknownUser(name);
  return { path: `/invitation?once=${secret}`, expiresAt: until.toISOString() };
}
