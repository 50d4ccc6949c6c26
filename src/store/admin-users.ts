import type { AdminServiceTokenModel, AdminUserModel } from '../generated/prisma/models.js';
import { columns, exists, type Sql, sql } from './postgres/sql.js';

/** A person who uses the admin, as they are listed. */
export type AdminUser = {
  name: string;
  role: string;
  email: string | null;
  createdAt: string;
  revokedAt: string | null;
  /** Until when the link that they were given lets them set a password; `null`: they have none. */
  invitedUntil: string | null;
  hasPassword: boolean;
  /** Whether their password needs a code too. */
  hasTotp: boolean;
  /** Whether they have come in by OpenID Connect: their subject is known, and no other one is taken for them. */
  isBound: boolean;
};

/** A token of a person's programs, as it is listed: not itself. */
export type ServiceToken = {
  /** The beginning of its digest: names it, and opens nothing. */
  id: string;
  user: string;
  label: string;
  createdAt: string;
  expiresAt: string;
  usedAt: string | null;
};

const idLength = 16;

type NewUser = { name: string; role: string; password?: string | null; email?: string | null };

/** @returns whether the name and the e-mail address were free */
export async function addUser(tx: Sql, user: NewUser): Promise<boolean> {
  const { name, role, password = null, email = null } = user;
  const added = await tx.$executeRaw`
    INSERT INTO admin_users (name, role, password, email) VALUES (${name}, ${role}, ${password}, ${email}) ON CONFLICT DO NOTHING`;
  return added === 1;
}

/** What of a person can be changed. With the address goes the subject that they were bound to by it. */
type UserChange = { role: string } | { email: string | null };

/** @returns whether there is such a person, who isn't revoked */
export async function changeUser(tx: Sql, name: string, change: UserChange): Promise<boolean> {
  const set =
    'role' in change
      ? sql`role = ${change.role}`
      : sql`email = ${change.email}, oidc_issuer = NULL, oidc_subject = NULL`;
  const changed = await tx.$executeRaw`UPDATE admin_users SET ${set} WHERE name = ${name} AND revoked_at IS NULL`;
  return changed === 1;
}

/** Sets a password in the place of another one, and takes the link from them. @param from the digest that it had @returns whether it had it still */
export async function replacePassword(tx: Sql, name: string, from: string, to: string): Promise<boolean> {
  const replaced = await tx.$executeRaw`
    UPDATE admin_users SET password = ${to}, invite_digest = NULL, invite_expires_at = NULL
    WHERE name = ${name} AND password = ${from} AND revoked_at IS NULL`;
  return replaced === 1;
}

/** Whoever is revoked has nothing to come in with, and their e-mail address is free. @returns whether there was such a person */
export async function removeFromUsers(tx: Sql, name: string): Promise<boolean> {
  const revoked = await tx.$executeRaw`
    UPDATE admin_users SET revoked_at = clock_timestamp(), password = NULL, email = NULL, invite_digest = NULL, invite_expires_at = NULL,
      totp_secret = NULL, totp_since = NULL, oidc_issuer = NULL, oidc_subject = NULL
    WHERE name = ${name} AND revoked_at IS NULL`;
  if (revoked !== 1) return false;
  await tx.$executeRaw`DELETE FROM admin_service_tokens WHERE user_name = ${name}`;
  await tx.$executeRaw`DELETE FROM admin_recovery_codes WHERE user_name = ${name}`;
  return true;
}

/** Lets no other transaction change who is an owner. */
export async function lockOwners(tx: Sql): Promise<void> {
  await tx.$queryRaw`SELECT name FROM admin_users WHERE role = 'owner' AND revoked_at IS NULL ORDER BY name FOR UPDATE`;
}

/** Owners who can come in: whoever was only invited can't yet. */
export async function countOwners(tx: Sql): Promise<number> {
  const rows = await tx.$queryRaw<{ owners: number }[]>`
    SELECT count(*)::int AS owners FROM admin_users
    WHERE role = 'owner' AND revoked_at IS NULL AND (password IS NOT NULL OR oidc_subject IS NOT NULL)`;
  return rows[0]?.owners ?? 0;
}

/** Somebody who may come in. */
export type FoundUser = {
  name: string;
  role: string;
  /** The digest of their password. */
  password: string | null;
  email: string | null;
  /** Sealed; set while they begin to use a second factor, too. */
  totpSecret: string | null;
  /** Absent: a password is enough. */
  totpSince: Date | null;
};

export async function findUser(db: Sql, name: string): Promise<FoundUser | undefined> {
  const [found] = await db.$queryRaw<FoundUser[]>`
    SELECT ${columns('name role password email totp_secret totp_since')} FROM admin_users
    WHERE name = ${name} AND revoked_at IS NULL`;
  return found;
}

/** Whether somebody has, or had, this name, in capitals or not: the audit log has it. */
export async function isNameTaken(db: Sql, name: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM admin_users WHERE lower(name) = lower(${name})`);
}

/** Whether somebody else has this address. */
export async function isEmailTaken(db: Sql, email: string, name: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM admin_users WHERE email = ${email} AND name <> ${name}`);
}

/** In the order of their names. */
export async function listUsers(db: Sql): Promise<AdminUser[]> {
  type Listed =
    | 'name'
    | 'role'
    | 'email'
    | 'createdAt'
    | 'revokedAt'
    | 'inviteExpiresAt'
    | 'password'
    | 'totpSince'
    | 'oidcSubject';
  const users = await db.$queryRaw<Pick<AdminUserModel, Listed>[]>`
    SELECT ${columns('name role email created_at revoked_at invite_expires_at password totp_since oidc_subject')}
    FROM admin_users ORDER BY name`;
  return users.map((user) => ({
    ...{ name: user.name, role: user.role, email: user.email },
    createdAt: user.createdAt.toISOString(),
    revokedAt: user.revokedAt?.toISOString() ?? null,
    invitedUntil: user.inviteExpiresAt?.toISOString() ?? null,
    ...{ hasPassword: user.password !== null, hasTotp: user.totpSince !== null, isBound: user.oidcSubject !== null },
  }));
}

export async function addServiceToken(
  tx: Sql,
  token: { digest: string; userName: string; label: string; expiresAt: Date },
): Promise<string> {
  const { digest, userName, label, expiresAt } = token;
  await tx.$executeRaw`
    INSERT INTO admin_service_tokens (digest, user_name, label, expires_at) VALUES (${digest}, ${userName}, ${label}, ${expiresAt})`;
  return digest.slice(0, idLength);
}

/** Whose token this is, if it is good, and their role; notes that it was used. */
export async function useServiceToken(db: Sql, digest: string): Promise<{ name: string; role: string } | undefined> {
  const [found] = await db.$queryRaw<{ name: string; role: string }[]>`
    WITH found AS (
      SELECT t.digest, t.used_at, u.name, u.role FROM admin_service_tokens t JOIN admin_users u ON u.name = t.user_name
      WHERE t.digest = ${digest} AND t.expires_at > clock_timestamp() AND u.revoked_at IS NULL
    ), used AS (
      UPDATE admin_service_tokens t SET used_at = clock_timestamp() FROM found
      WHERE t.digest = found.digest
        AND (found.used_at IS NULL OR found.used_at < clock_timestamp() - interval '1 minute')
    )
    SELECT name, role FROM found`;
  return found;
}

/** Newest first. @param userName only those of this user */
export async function listServiceTokens(db: Sql, userName?: string): Promise<ServiceToken[]> {
  const tokens = await db.$queryRaw<AdminServiceTokenModel[]>`
    SELECT ${columns('digest user_name label created_at expires_at used_at')} FROM admin_service_tokens
    WHERE ${userName ?? null}::text IS NULL OR user_name = ${userName ?? null} ORDER BY created_at DESC, digest`;
  return tokens.map(({ digest, userName, label, createdAt, expiresAt, usedAt }) => ({
    ...{ id: digest.slice(0, idLength), user: userName, label },
    ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
    usedAt: usedAt?.toISOString() ?? null,
  }));
}

/** @param id as it is listed by @param userName only if it is theirs @returns whose it was, if there was one */
export async function removeServiceToken(tx: Sql, id: string, userName?: string): Promise<string | undefined> {
  const [removed] = await tx.$queryRaw<{ user: string }[]>(
    sql`DELETE FROM admin_service_tokens WHERE left(digest, ${idLength}::int) = ${id} AND (${userName ?? null}::text IS NULL OR user_name = ${userName ?? null}) RETURNING user_name AS "user"`,
  );
  return removed?.user;
}
