import type { OidcProof } from '../domain/people/oidc-demands.js';
import { secretDigest } from '../domain/people/secret-digest.js';
import { type Fragment, type Sql, sql } from './postgres/sql.js';

/** A browser that is logged in to the admin, as it is listed. */
export type AdminSession = {
  /** The beginning of its digest: names it, and opens nothing. */
  id: string;
  name: string;
  address: string;
  openedAt: string;
  usedAt: string;
};

/** Half a day, a shift, at most; and an hour in which its user does nothing. */
export const sessionLimits = { longestMs: 12 * 3_600_000, idleMs: 3_600_000 } as const;

/** So long what a user has shown of who they are lets them change how people come in. */
const provenWithinMs = 15 * 60_000;

const idLength = 16;

const isOpen = sql`
  opened_at > clock_timestamp() - ${sessionLimits.longestMs}::float8 * interval '1 millisecond'
  AND used_at > clock_timestamp() - ${sessionLimits.idleMs}::float8 * interval '1 millisecond'`;

/** The name that a session is listed by. */
export function sessionId(digest: string): string {
  return digest.slice(0, idLength);
}

/** Of whom sessions are asked for: a user and a token of the configuration may have the same name. */
export type SessionOwner = { name: string; isUser: boolean };

/** What a session of a user is opened with: it ends when this is not theirs any more. */
export const credentials = {
  /** @param codes the sealed secret, if the password needs codes: a session that was opened without ends when they are switched on */
  ofPassword: ({ password, codes }: { password: string; codes: string | null }) =>
    `password:${secretDigest(codes === null ? password : `${password} ${codes}`)}`,
  ofSubject: (issuer: string, subject: string) => `oidc:${secretDigest(`${issuer} ${subject}`)}`,
  /** @param digest that of the token */
  ofToken: (digest: string) => `token:${digest}`,
} as const;

/** Whether a provider of OpenID Connect let them in. */
export function isOfSubject(credential: string): boolean {
  return credential.startsWith('oidc:');
}

/** The same, of a row `u` of `admin_users`. */
const credentialsOfUser = sql`
  'password:' || encode(sha256(convert_to(
    u.password || CASE WHEN u.totp_since IS NULL THEN '' ELSE ' ' || u.totp_secret END, 'UTF8')), 'hex'),
  'oidc:' || encode(sha256(convert_to(u.oidc_issuer || ' ' || u.oidc_subject, 'UTF8')), 'hex')`;

function belongsTo(owner: SessionOwner | undefined): Fragment {
  if (owner === undefined) return sql`true`;
  return sql`name = ${owner.name} AND starts_with(credential, 'token:') <> ${owner.isUser}::boolean`;
}

type NewSession = {
  digest: string;
  name: string;
  credential: string;
  address: string;
  /** How a provider of OpenID Connect has asked them, which may be a while ago; absent: they have shown just now who they are. */
  proof: OidcProof | undefined;
};

/** Opens a session, and removes those that have ended. */
export async function openSession(db: Sql, { digest, name, credential, address, proof }: NewSession): Promise<void> {
  await db.$executeRaw`DELETE FROM admin_sessions WHERE NOT (${isOpen})`;
  const { acr = null, amr = [], askedAt = null } = proof ?? {};
  // A provider whose clock is ahead has asked them now at the latest.
  await db.$executeRaw`
    INSERT INTO admin_sessions (digest, name, credential, address, acr, amr, proven_at)
    SELECT ${digest}, ${name}, ${credential}, ${address}, ${acr}, ${amr}::text[],
      CASE WHEN ${proof === undefined}::boolean OR ${askedAt}::timestamptz > clock_timestamp() THEN clock_timestamp()
        ELSE ${askedAt}::timestamptz END`;
}

/** Whose a session is. `role`: that of the user, if what it was opened with is still theirs. */
export type FoundSession = OidcProof & {
  name: string;
  credential: string;
  openedAt: Date;
  role: string | null;
  isByPasswordAlone: boolean;
  /** Whether its user has shown lately who they are. */
  isProvenLately: boolean;
};

/**
 * Who has this session, if it is open.
 * @param isUse whether its user does something with it; what a page asks for by itself is none
 */
export async function findSession(db: Sql, digest: string, isUse: boolean): Promise<FoundSession | undefined> {
  const [found] = await db.$queryRaw<FoundSession[]>`
    WITH found AS (
      SELECT * FROM admin_sessions WHERE digest = ${digest} AND ${isOpen}
    ), used AS (
      UPDATE admin_sessions s SET used_at = clock_timestamp() FROM found
      WHERE ${isUse}::boolean AND s.digest = found.digest AND found.used_at < clock_timestamp() - interval '1 minute'
    )
    SELECT f.name, f.credential, u.role, f.opened_at AS "openedAt", f.acr, coalesce(f.amr, '{}') AS amr, f.proven_at AS "askedAt",
           coalesce(f.proven_at > clock_timestamp() - ${provenWithinMs}::float8 * interval '1 millisecond', false) AS "isProvenLately",
           coalesce(u.totp_since IS NULL AND starts_with(f.credential, 'password:'), false) AS "isByPasswordAlone" FROM found f
      LEFT JOIN admin_users u ON u.name = f.name AND u.revoked_at IS NULL AND f.credential IN (${credentialsOfUser})`;
  return found;
}

/** Those that are open, the latest first. @param owner only theirs */
export async function listSessions(db: Sql, owner?: SessionOwner): Promise<AdminSession[]> {
  const rows = await db.$queryRaw<{ digest: string; name: string; address: string; openedAt: Date; usedAt: Date }[]>`
    SELECT digest, name, address, opened_at AS "openedAt", used_at AS "usedAt" FROM admin_sessions
    WHERE ${isOpen} AND ${belongsTo(owner)} ORDER BY opened_at DESC, digest LIMIT 1000`;
  return rows.map(({ digest, openedAt, usedAt, ...session }) => ({
    id: sessionId(digest),
    ...session,
    openedAt: openedAt.toISOString(),
    usedAt: usedAt.toISOString(),
  }));
}

/** Ends a session that its browser shows. @returns whose it was, if it was open */
export async function endSession(db: Sql, digest: string): Promise<SessionOwner | undefined> {
  const [ended] = await db.$queryRaw<SessionOwner[]>`
    DELETE FROM admin_sessions WHERE digest = ${digest} AND ${isOpen}
    RETURNING name, NOT starts_with(credential, 'token:') AS "isUser"`;
  return ended;
}

/** Ends a session by the id that it is listed by. @param owner only if it is theirs @returns whether there was one */
export async function endSessionById(db: Sql, id: string, owner?: SessionOwner): Promise<boolean> {
  const ended = await db.$executeRaw`
    DELETE FROM admin_sessions
    WHERE left(digest, ${idLength}::int) = ${id} AND ${belongsTo(owner)}`;
  return ended > 0;
}

/** Ends all sessions of a user. @param but the digest of one that stays */
export async function endSessionsOfUser(db: Sql, name: string, but = ''): Promise<void> {
  await db.$executeRaw`DELETE FROM admin_sessions WHERE ${belongsTo({ name, isUser: true })} AND digest <> ${but}`;
}

/** Keeps a session that was opened with a password when its user sets another one, or switches codes on or off. @param credential of what counts from now on */
export async function keepSession(tx: Sql, digest: string, credential: string | undefined): Promise<void> {
  if (credential === undefined) return;
  await tx.$executeRaw`
    UPDATE admin_sessions SET credential = ${credential} WHERE digest = ${digest} AND starts_with(credential, 'password:')`;
}
