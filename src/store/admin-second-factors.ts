import type { Sql } from './postgres/sql.js';

/** Keeps the secret that somebody begins to use a second factor with. @returns whether they have a password, and no second factor yet */
export async function putTotpSecret(tx: Sql, name: string, sealed: string): Promise<boolean> {
  const put = await tx.$executeRaw`
    UPDATE admin_users SET totp_secret = ${sealed}, totp_begun_at = clock_timestamp()
    WHERE name = ${name} AND revoked_at IS NULL AND password IS NOT NULL AND totp_since IS NULL`;
  return put === 1;
}

/** From now on their password needs a code. @param step the one whose code they have shown: it is used up @param withinMs so long ago at most it was begun @returns whether it is still that secret, and not too old */
export async function switchTotpOn(
  tx: Sql,
  name: string,
  sealed: string,
  { step, withinMs }: { step: number; withinMs: number },
): Promise<boolean> {
  const switched = await tx.$executeRaw`
    UPDATE admin_users SET totp_since = clock_timestamp(), totp_step = ${step}
    WHERE name = ${name} AND revoked_at IS NULL AND totp_since IS NULL AND totp_secret = ${sealed}
      AND totp_begun_at > clock_timestamp() - ${withinMs} * interval '1 millisecond'`;
  return switched === 1;
}

/** Uses up the code of a step, and those before it. @returns whether it was good still: of several that show it at once, for one of them */
export async function useTotpStep(db: Sql, name: string, step: number): Promise<boolean> {
  const used = await db.$executeRaw`
    UPDATE admin_users SET totp_step = ${step}
    WHERE name = ${name} AND revoked_at IS NULL AND totp_since IS NOT NULL AND totp_step < ${step}`;
  return used === 1;
}

/** Counts one more try at a code of somebody's, in whatever process. @returns whether it may be looked at: not, if there were too many within the time that began with the first */
export async function tryCode(
  db: Sql,
  name: string,
  { times, withinMs }: { times: number; withinMs: number },
): Promise<boolean> {
  const counted = await db.$executeRaw`
    UPDATE admin_users SET
      totp_tries = CASE WHEN totp_tries_until > clock_timestamp() THEN totp_tries + 1 ELSE 1 END,
      totp_tries_until = CASE WHEN totp_tries_until > clock_timestamp() THEN totp_tries_until
        ELSE clock_timestamp() + ${withinMs}::float8 * interval '1 millisecond' END
    WHERE name = ${name} AND revoked_at IS NULL
      AND (totp_tries < ${times}::int OR totp_tries_until <= clock_timestamp())`;
  return counted === 1;
}

/** Uses up a recovery code. @returns whether it was good still */
export async function useRecoveryCode(db: Sql, name: string, digest: string): Promise<boolean> {
  const used = await db.$executeRaw`DELETE FROM admin_recovery_codes WHERE user_name = ${name} AND digest = ${digest}`;
  return used === 1;
}

/** In the place of those that they had. */
export async function putRecoveryCodes(tx: Sql, name: string, digests: readonly string[]): Promise<void> {
  await tx.$executeRaw`DELETE FROM admin_recovery_codes WHERE user_name = ${name}`;
  await tx.$executeRaw`
    INSERT INTO admin_recovery_codes (digest, user_name) SELECT digest, ${name} FROM unnest(${[...digests]}::text[]) AS digest`;
}

export async function countRecoveryCodes(db: Sql, name: string): Promise<number> {
  const rows = await db.$queryRaw<{ codes: number }[]>`
    SELECT count(*)::int AS codes FROM admin_recovery_codes WHERE user_name = ${name}`;
  return rows[0]?.codes ?? 0;
}

/** A password is enough again. @returns whether it wasn't */
export async function switchTotpOff(tx: Sql, name: string): Promise<boolean> {
  const off = await tx.$executeRaw`
    UPDATE admin_users SET totp_secret = NULL, totp_since = NULL
    WHERE name = ${name} AND revoked_at IS NULL AND totp_since IS NOT NULL`;
  await tx.$executeRaw`DELETE FROM admin_recovery_codes WHERE user_name = ${name}`;
  return off === 1;
}
