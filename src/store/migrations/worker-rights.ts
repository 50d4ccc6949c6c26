import { type Client, escapeIdentifier } from 'pg';
import { SiaranError } from '../../errors.js';

/** What of an entry of the audit log a program writes: neither its place nor its time. */
const written = 'actor, actor_kind, action, target, detail, status, numbers';

/** Gives a role what programs need that work, and takes everything else of Siaran's tables from it. */
export function rightsOf(role: string): string[] {
  const rows = 'SELECT, INSERT, UPDATE, DELETE';
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ${role}`,
    `REVOKE CREATE ON SCHEMA public, siaran FROM ${role}`,
    `GRANT USAGE ON SCHEMA public, siaran TO ${role}`,
    `GRANT ${rows} ON ALL TABLES IN SCHEMA public TO ${role}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
    `REVOKE ALL ON _prisma_migrations, audit_entries FROM ${role}`,
    `GRANT SELECT ON _prisma_migrations, audit_entries TO ${role}`,
    `GRANT INSERT (${written}) ON audit_entries TO ${role}`,
    `GRANT EXECUTE ON FUNCTION end_audit_entry, remove_old_audit_entries TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ${rows} ON TABLES TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${role}`,
  ];
}

/** Looks, before anything is changed, whether a role can have less than all rights. @throws {SiaranError} MIGRATION */
export async function refuseOwningRole(client: Client, role: string): Promise<void> {
  // Whether it is the owner, or could become it. Where there are no tables yet, whoever migrates will own them.
  const { rows } = await client.query<{ owns: boolean; owner: string }>(
    `SELECT pg_has_role(r.oid, o.oid, 'MEMBER') AS owns, o.rolname AS owner FROM pg_roles r JOIN pg_roles o
       ON o.oid = coalesce((SELECT relowner FROM pg_class WHERE oid = to_regclass('public.audit_entries')), current_user::regrole)
     WHERE r.rolname = $1`,
    [role],
  );
  const [found] = rows;
  const named = JSON.stringify(role.slice(0, 63));
  if (!found) throw new SiaranError('MIGRATION', `Postgres has no role ${named} to give rights to: make it first.`);
  if (found.owns)
    throw new SiaranError(
      'MIGRATION',
      `Role ${named} has all rights of ${JSON.stringify(found.owner)}, which owns the tables: nothing can be kept from it. Name another role, or let another one own the tables.`,
    );
}

/** All of it or nothing, so that no program finds its role without a right in between. */
export async function giveRights(client: Client, role: string): Promise<void> {
  try {
    await client.query('BEGIN');
    for (const statement of rightsOf(escapeIdentifier(role))) await client.query(statement);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SiaranError('MIGRATION', `Role ${JSON.stringify(role)} was not given its rights: ${message}`, { cause });
  }
}
