import { Prisma } from '../generated/prisma/client.js';
import type { Sql } from './postgres/database.js';

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

const idLength = 16;

const isOpen = Prisma.sql`
  opened_at > clock_timestamp() - ${sessionLimits.longestMs}::float8 * interval '1 millisecond'
  AND used_at > clock_timestamp() - ${sessionLimits.idleMs}::float8 * interval '1 millisecond'`;

/** The name that a session is listed by. */
export function sessionId(digest: string): string {
  return digest.slice(0, idLength);
}

/** Opens a session, and removes those that have ended. */
export async function openSession(
  db: Sql,
  session: { digest: string; name: string; credential: string; address: string },
): Promise<void> {
  await db.$executeRaw`DELETE FROM admin_sessions WHERE NOT (${isOpen})`;
  await db.adminSession.create({ data: session });
}

/**
 * Who has this session, if it is open.
 * @param isUse whether its user does something with it; what a page asks for by itself is none
 */
export async function findSession(
  db: Sql,
  digest: string,
  isUse: boolean,
): Promise<{ name: string; credential: string } | undefined> {
  const [found] = await db.$queryRaw<{ name: string; credential: string }[]>`
    WITH found AS (
      SELECT digest, name, credential, used_at FROM admin_sessions WHERE digest = ${digest} AND ${isOpen}
    ), used AS (
      UPDATE admin_sessions s SET used_at = clock_timestamp() FROM found
      WHERE ${isUse}::boolean AND s.digest = found.digest AND found.used_at < clock_timestamp() - interval '1 minute'
    )
    SELECT name, credential FROM found`;
  return found;
}

/** Those that are open, the latest first. @param name only those of this person */
export async function listSessions(db: Sql, name?: string): Promise<AdminSession[]> {
  const rows = await db.$queryRaw<{ digest: string; name: string; address: string; openedAt: Date; usedAt: Date }[]>`
    SELECT digest, name, address, opened_at AS "openedAt", used_at AS "usedAt" FROM admin_sessions
    WHERE ${isOpen} AND (${name ?? null}::text IS NULL OR name = ${name ?? null}) ORDER BY opened_at DESC, digest LIMIT 1000`;
  return rows.map(({ digest, openedAt, usedAt, ...session }) => ({
    id: sessionId(digest),
    ...session,
    openedAt: openedAt.toISOString(),
    usedAt: usedAt.toISOString(),
  }));
}

/** Ends a session that its browser shows. */
export async function endSession(db: Sql, digest: string): Promise<void> {
  await db.adminSession.deleteMany({ where: { digest } });
}

/** Ends a session by the id that it is listed by. @param name only if it is this person's @returns whether there was one */
export async function endSessionById(db: Sql, id: string, name?: string): Promise<boolean> {
  const ended = await db.$executeRaw`
    DELETE FROM admin_sessions
    WHERE left(digest, ${idLength}::int) = ${id} AND (${name ?? null}::text IS NULL OR name = ${name ?? null})`;
  return ended > 0;
}
