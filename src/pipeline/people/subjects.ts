import type { Context } from '../../context.js';
import { bindSubject, findUserBySubject, type Subject } from '../../store/admin-subjects.js';
import { addAudit } from '../../store/audit-log.js';

/**
 * Which user comes in as this subject of a provider: only one whom an owner has made. The first login binds the subject to the user
 * who has the e-mail address; from then on the address counts for nothing, and another subject that has it is refused.
 * @param email absent, unless the provider vouches for it
 */
export async function userOfSubject(
  { db }: Pick<Context, 'db'>,
  subject: Subject,
  email: string | undefined,
): Promise<{ name: string; role: string } | undefined> {
  const known = await findUserBySubject(db, subject);
  if (known || email === undefined) return known;
  const bound = await db.$transaction(async (tx) => {
    const user = await bindSubject(tx, email.toLowerCase(), subject);
    if (!user) return undefined;
    const entry = { actor: user.name, actorKind: 'user', action: 'oidc bind', target: user.name, detail: {} } as const;
    await addAudit(tx, entry);
    return user;
  });
  // Of two first logins at the same time, the other one has bound it.
  return bound ?? findUserBySubject(db, subject);
}
