import type { Context } from '../../context.js';
import type { AuditAction } from '../../domain/audit/audit-actions.js';
import { adminRoles, isRole } from '../../domain/people/roles.js';
import { UsageError } from '../../errors.js';
import { type ActorKind, addAudit } from '../../store/audit-log.js';
import type { Sql } from '../../store/postgres/sql.js';

/**
 * Who changes something about people, as the audit log is to tell. `admin`: somebody who asks over HTTP, where the admin keeps each
 * request itself. Absent: `SIARAN_ACTOR`.
 */
export type By = 'admin' | { actor: string; actorKind: ActorKind };

/** What the audit log tells of a change. */
type Told = { action: AuditAction; name: string; detail?: object };

/** Changes people in one transaction with its entry in the audit log. */
export function changePeople<T>(
  ctx: Context,
  told: Told,
  by: By | undefined,
  make: (tx: Sql) => Promise<T>,
): Promise<T> {
  return ctx.db.$transaction(async (tx) => {
    const made = await make(tx);
    const { action, name: target, detail = {} } = told;
    if (by !== 'admin') await addAudit(tx, { ...(by ?? { actor: ctx.config.actor }), action, target, detail });
    return made;
  });
}

/** @throws {UsageError} */
export function requireRole(role: string): void {
  if (!isRole(role))
    throw new UsageError(`The role is ${JSON.stringify(role)}; it is one of ${adminRoles.join(', ')}.`);
}

export function unknownUser(name: string): UsageError {
  return new UsageError(`There is no user ${JSON.stringify(name)} who has access; siaran user list shows who has.`);
}
