import type { Sql } from './postgres/database.js';

/** A user as a provider of OpenID Connect knows them: a subject never changes there, and an e-mail address may. */
export type Subject = { issuer: string; subject: string };

/** Who comes in as this subject. */
export async function findUserBySubject(
  db: Sql,
  { issuer, subject }: Subject,
): Promise<{ name: string; role: string } | undefined> {
  const where = { oidcIssuer: issuer, oidcSubject: subject, revokedAt: null };
  return (await db.adminUser.findFirst({ where, select: { name: true, role: true } })) ?? undefined;
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
