import type { Sql } from './postgres/sql.js';

/** A user as a provider of OpenID Connect knows them: a subject never changes there, and an e-mail address may. */
export type Subject = { issuer: string; subject: string };

/** Who comes in as this subject. */
export async function findUserBySubject(
  db: Sql,
  { issuer, subject }: Subject,
): Promise<{ name: string; role: string } | undefined> {
  const [found] = await db.$queryRaw<{ name: string; role: string }[]>`
    SELECT name, role FROM admin_users
    WHERE oidc_issuer = ${issuer} AND oidc_subject = ${subject} AND revoked_at IS NULL`;
  return found;
}

/** Binds whom an owner gave this address to the subject that comes first. @returns who that is; `undefined`: nobody, or they are bound to another */
export async function bindSubject(
  tx: Sql,
  email: string,
  { issuer, subject }: Subject,
): Promise<{ name: string; role: string } | undefined> {
  const [bound] = await tx.$queryRaw<{ name: string; role: string }[]>`
    UPDATE admin_users SET oidc_issuer = ${issuer}, oidc_subject = ${subject}
    WHERE email = ${email} AND oidc_subject IS NULL AND revoked_at IS NULL
    RETURNING name, role`;
  return bound;
}
