import type { Sql } from './postgres/sql.js';

/** Whom a link lets set a password; `undefined`: nobody, as it was used, is too old, or is none. @param digest that of the secret in it */
export async function findInvited(db: Sql, digest: string): Promise<string | undefined> {
  const [found] = await db.$queryRaw<{ name: string }[]>`
    SELECT name FROM admin_users
    WHERE invite_digest = ${digest} AND invite_expires_at > clock_timestamp() AND revoked_at IS NULL`;
  return found?.name;
}

/** Sets a password, once. @returns whose it is now */
export async function takeInvitation(tx: Sql, digest: string, password: string): Promise<string | undefined> {
  const [taken] = await tx.$queryRaw<{ name: string }[]>`
    UPDATE admin_users SET password = ${password}, invite_digest = NULL, invite_expires_at = NULL
    WHERE invite_digest = ${digest} AND invite_expires_at > clock_timestamp() AND revoked_at IS NULL
    RETURNING name`;
  return taken?.name;
}

/** Gives somebody a link in the place of any other. @returns until when it is good; `undefined`: there is no such person */
export async function putInvitation(tx: Sql, name: string, digest: string, goodMs: number): Promise<Date | undefined> {
  const [put] = await tx.$queryRaw<{ until: Date }[]>`
    UPDATE admin_users
    SET invite_digest = ${digest}, invite_expires_at = clock_timestamp() + ${goodMs}::float8 * interval '1 millisecond'
    WHERE name = ${name} AND revoked_at IS NULL
    RETURNING invite_expires_at AS until`;
  return put?.until;
}
