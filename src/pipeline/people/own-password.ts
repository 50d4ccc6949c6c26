import type { Context } from '../../context.js';
import { faultOfPassword, type PasswordOwner } from '../../domain/people/password-rules.js';
import { UsageError } from '../../errors.js';
import { countOne } from '../../store/admin-allowances.js';
import { credentials, endSessionsOfUser, keepSession } from '../../store/admin-sessions.js';
import { type FoundUser, replacePassword } from '../../store/admin-users.js';
import { hashInTurn, isPassword, ofUser } from './passwords.js';

/** Whoever finds a browser open could guess the password of its user. */
const mostTries = { times: 10, withinMs: 5 * 60_000 } as const;

/** What is kept of a password that somebody has chosen. @throws {UsageError} it won't do */
export async function hashChosen(password: string, owner: PasswordOwner): Promise<string> {
  const fault = faultOfPassword(password, owner);
  if (fault !== undefined) throw new UsageError(`Choose another password. ${fault}`);
  return hashInTurn(password, ofUser(owner.name));
}

/** Whether this is the password of somebody who is in. @throws {UsageError} too many were tried lately, in whatever browser */
export async function isOwnPassword(
  { db }: Pick<Context, 'db'>,
  { name, password: known }: FoundUser,
  password: string,
): Promise<boolean> {
  const { times } = await countOne(db, { what: 'own password', who: name }, mostTries.withinMs);
  if (times > mostTries.times) throw new UsageError('Too many passwords were tried. Wait for five minutes.');
  return isPassword(password, known ?? undefined, ofUser(name));
}

/**
 * Sets another password for somebody who knows the present one, and ends their sessions but for this one.
 * @param session the digest of the one that stays
 * @throws {UsageError} the present one is wrong, or the other one won't do
 */
export async function changeOwnPassword(
  ctx: Pick<Context, 'db'>,
  user: FoundUser,
  { current, chosen, session }: { current: string; chosen: string; session: string },
): Promise<void> {
  const { password: known } = user;
  if (known === null || !(await isOwnPassword(ctx, user, current))) throw notTheirs();
  const hash = await hashChosen(chosen, user);
  await ctx.db.$transaction(async (tx) => {
    if (!(await replacePassword(tx, user.name, known, hash))) throw notTheirs();
    await endSessionsOfUser(tx, user.name, session);
    await keepSession(tx, session, passwordCredential({ ...user, password: hash }));
  });
}

/** What a session is opened with by their password, and by their codes where it needs them; `undefined`: they have none. */
export function passwordCredential(user: Pick<FoundUser, 'password' | 'totpSecret' | 'totpSince'>): string | undefined {
  const { password, totpSecret, totpSince } = user;
  return password === null
    ? undefined
    : credentials.ofPassword({ password, codes: totpSince === null ? null : totpSecret });
}

/** Also when another one was set meanwhile. */
function notTheirs(): UsageError {
  return new UsageError('The current password is wrong.');
}
