import type { Context } from '../../context.js';
import { listed, migrationStatus, otherAdvice } from '../../store/migrations/migrate.js';
import { clockAdvice, clockOffset, describeOffset, isClockOff } from '../../store/postgres/clock-check.js';
import { asked } from '../../store/postgres/statements.js';
import { faultOfVersion, versionAdvice } from '../../store/postgres/version.js';
import { type Finding, found } from './check.js';

type PostgresSettings = { version: string; versionNumber: number; synchronousCommit: string; database: string };

export async function postgresSettings({ db }: Context): Promise<PostgresSettings> {
  const rows = await db.$queryRaw<PostgresSettings[]>`
    SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber",
           current_setting('synchronous_commit') AS "synchronousCommit", current_database() AS database`;
  if (rows[0] === undefined) throw new Error('Postgres told nothing of itself.');
  return rows[0];
}

export function judgePostgresVersion({ version, versionNumber }: PostgresSettings): Finding {
  const fault = faultOfVersion({ version, versionNumber });
  return fault === undefined ? found(version) : { ok: false, detail: fault, todo: versionAdvice };
}

export function judgeCommit({ synchronousCommit: setting }: PostgresSettings): Finding {
  if (setting === 'on' || setting === 'remote_apply') return found(setting);
  const todo = 'Set `synchronous_commit = on`: otherwise a crash may forget that a batch was sent.';
  return { ok: false, detail: setting, todo };
}

/** Of this machine; a worker compares its own, and refuses. */
export async function judgeClock({ db }: Context): Promise<Finding> {
  const offset = await clockOffset(db);
  const detail = describeOffset(offset);
  return isClockOff(offset) ? { ok: false, detail, todo: clockAdvice } : found(detail);
}

export async function judgeMigrations({ db }: Context): Promise<Finding> {
  const { pending, unknown, isProgramTooOld, failed, isOther } = await migrationStatus(asked(db));
  if (failed.length > 0) {
    const todo = 'Look at what it left in the database, then settle it with `prisma migrate resolve`.';
    return { ok: false, detail: `started and not finished: ${failed.join(', ')}`, todo };
  }
  if (isOther) return { ok: false, detail: `made by other migrations, from ${unknown[0]} on`, todo: otherAdvice };
  if (isProgramTooOld) {
    return { ok: false, detail: `newer than this program: ${listed(unknown)}`, todo: 'Update this program.' };
  }
  if (pending.length === 0)
    return found(unknown.length > 0 ? `all applied, and newer ones that this program can work with` : 'all applied');
  return { ok: false, detail: `not applied: ${listed(pending)}`, todo: 'Run `siaran migrate`.' };
}

/** Whether this program could change what the audit log tells. An entry's end and retention are functions of the owner's. */
export async function judgeAuditLog({ db }: Context): Promise<Finding> {
  const rows = await db.$queryRaw<{ role: string; owns: boolean; canChange: boolean; canEnd: boolean }[]>`
    SELECT current_user AS role, pg_has_role(relowner, 'MEMBER') AS owns,
           has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(oid, 'UPDATE') AS "canChange",
           has_function_privilege('end_audit_entry(bigint, integer)', 'EXECUTE')
             AND has_function_privilege('remove_old_audit_entries(bigint)', 'EXECUTE') AS "canEnd"
    FROM pg_class WHERE oid = 'audit_entries'::regclass`;
  if (rows[0] === undefined) throw new Error('Postgres told nothing of the audit log.');
  const { role, owns, canChange, canEnd } = rows[0];
  const give = `\`siaran migrate --grant-to ${role}\``;
  if (owns) return found(`kept by a trigger, which role ${role} could take away, as it owns the tables`);
  if (!canEnd)
    return {
      ok: false,
      detail: `role ${role} can't add what came of an action, nor remove old entries`,
      todo: `Run ${give} as the role that owns the tables.`,
    };
  if (!canChange) return found(`role ${role} adds entries and changes none`);
  return {
    ok: false,
    detail: `role ${role} has the right to change or remove entries, which only a trigger refuses`,
    todo: `Run ${give} as the role that owns the tables, once no program of the version before is at work.`,
  };
}
