import { Prisma } from '../generated/prisma/client.js';
import type { Sql } from './postgres/database.js';

/** A person who uses the admin, as they are listed. */
export type AdminUser = { name: string; role: string; createdAt: string; revokedAt: string | null };

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

/** @returns whether the name was free */
export async function addUser(tx: Sql, user: { name: string; role: string; password: string }): Promise<boolean> {
  const { count } = await tx.adminUser.createMany({ data: user, skipDuplicates: true });
  return count > 0;
}

/** @returns whether there is such a person, who isn't revoked */
export async function changeUser(
  tx: Sql,
  name: string,
  change: { role: string } | { password: string } | { revokedAt: Date },
): Promise<boolean> {
  const { count } = await tx.adminUser.updateMany({ where: { name, revokedAt: null }, data: change });
  return count > 0;
}

/** Somebody who may come in, and the digest of their password. */
export async function findUser(
  db: Sql,
  name: string,
): Promise<{ name: string; role: string; password: string | null } | undefined> {
  const user = await db.adminUser.findFirst({
    where: { name, revokedAt: null },
    select: { name: true, role: true, password: true },
  });
  return user ?? undefined;
}

/** In the order of their names. */
export async function listUsers(db: Sql): Promise<AdminUser[]> {
  const users = await db.adminUser.findMany({ orderBy: { name: 'asc' } });
  return users.map(({ name, role, createdAt, revokedAt }) => ({
    ...{ name, role, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null },
  }));
}

export async function addServiceToken(
  tx: Sql,
  token: { digest: string; userName: string; label: string; expiresAt: Date },
): Promise<string> {
  await tx.adminServiceToken.create({ data: token });
  return token.digest.slice(0, idLength);
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

/** Those of all people, also of those who were revoked, newest first. */
export async function listServiceTokens(db: Sql): Promise<ServiceToken[]> {
  const tokens = await db.adminServiceToken.findMany({ orderBy: [{ createdAt: 'desc' }, { digest: 'asc' }] });
  return tokens.map(({ digest, userName, label, createdAt, expiresAt, usedAt }) => ({
    ...{ id: digest.slice(0, idLength), user: userName, label },
    ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
    usedAt: usedAt?.toISOString() ?? null,
  }));
}

/** @param id as it is listed by @returns whose it was, if there was one */
export async function removeServiceToken(tx: Sql, id: string): Promise<string | undefined> {
  const [removed] = await tx.$queryRaw<{ user: string }[]>(
    Prisma.sql`DELETE FROM admin_service_tokens WHERE left(digest, ${idLength}::int) = ${id} RETURNING user_name AS "user"`,
  );
  return removed?.user;
}
