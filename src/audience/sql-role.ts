import { AudienceError } from '../errors.js';
import type { SqlSession } from './sql-session.js';

/** What to do where there is no role, or none that may be used. */
export const makeRole = `Make a role that may read what audiences need and nothing else, in the database that they ask:
  CREATE ROLE siaran_audience LOGIN PASSWORD '…';
  GRANT USAGE ON SCHEMA public TO siaran_audience;
  GRANT SELECT ON customers TO siaran_audience;
and set SIARAN_AUDIENCE_DATABASE_URL to its address.`;

/** Let a query read and write files of the server, run programs there, or end the sessions of others. */
const predefined = [
  ...['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'],
  ...['pg_signal_backend', 'pg_create_subscription'],
] as const;

/** By it a database of Siaran's is known, and who owns its tables. */
const tableOfSiaran = 'public.audit_entries';

/** Roles that the session's own is, or has the rights of, or could become: `set_config('role', …)` is allowed in a query. */
const dangerous = `SELECT rolname AS role, session_user AS own, rolsuper AS super, rolreplication AS replicates,
    rolbypassrls AS bypasses, rolcreaterole AS makes, rolname = $1 AS ledger,
    oid IN (SELECT relowner FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass('${tableOfSiaran}')) AS owns
  FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(session_user, oid, 'MEMBER')
    AND (rolsuper OR rolreplication OR rolbypassrls OR rolcreaterole OR rolname = $1 OR rolname = ANY ($2)
      OR oid IN (SELECT relowner FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass('${tableOfSiaran}')))
  ORDER BY rolname = session_user DESC, rolsuper DESC, rolname LIMIT 1`;

type Dangerous = Readonly<
  Record<'role' | 'own' | 'super' | 'replicates' | 'bypasses' | 'makes' | 'ledger' | 'owns', string>
>;

/**
 * Refuses a role that can do more than read tables: a read-only transaction keeps nobody from reading the server's files, ending
 * sessions or replicating. A role of the ledger's name is refused wherever it is, as it could be that one.
 * @throws {AudienceError}
 */
export async function refusePowerfulRole(name: string, session: SqlSession, ledgerRole: string): Promise<void> {
  const { rows } = await session.ask({ text: dangerous, values: [ledgerRole, predefined] });
  const [found] = rows as Dangerous[];
  if (!found) return;
  throw new AudienceError(`The audience ${name} failed: the role ${found.own} ${why(found)}.\n${makeRole}`);
}

/** Whether a query is asked in a database that has Siaran's tables: it could keep locks that Siaran takes there. */
export async function isInSiaransDatabase(session: SqlSession): Promise<boolean> {
  const { rows } = await session.ask(`SELECT pg_catalog.to_regclass('${tableOfSiaran}') IS NOT NULL AS is_there`);
  return rows[0]?.is_there === 't';
}

function why(found: Dangerous): string {
  const { role, own } = found;
  if (found.ledger === 't')
    return role === own ? 'is the role of DATABASE_URL' : 'has the rights of the role of DATABASE_URL';
  const what = attributeOf(found);
  if (role === own) return what ?? 'may not be used';
  return `has the rights of ${role}${what ? `, which ${what}` : ''}`;
}

function attributeOf(found: Dangerous): string | undefined {
  if (found.super === 't') return 'is a superuser';
  if (found.replicates === 't') return 'may replicate';
  if (found.bypasses === 't') return 'bypasses row level security';
  if (found.makes === 't') return 'may make roles';
  return found.owns === 't' ? "owns Siaran's tables" : undefined;
}
