import type { Context } from '../../context.js';
import { faultOfPassword, type PasswordOwner } from '../../domain/people/password-rules.js';
import { UsageError } from '../../errors.js';
import { credentials, endSessionsOfUser, keepSession } from '../../store/admin-sessions.js';
import { type FoundUser, replacePassword } from '../../store/admin-users.js';
import { hashInTurn, isPassword } from './passwords.js';

/** What is kept of a password that somebody has chosen. @param from the network that asks @throws {UsageError} it won't do */
export async function hashChosen(password: string, owner: PasswordOwner, from: string): Promise<string> {
  const fault = faultOfPassword(password, owner);
  if (fault !== undefined) throw new UsageError(`Choose another password. ${fault}`);
  return hashInTurn(password, from);
}

/**
 * Sets another password for somebody who knows the present one, and ends their sessions but for this one.
 * @param session the digest of the one that stays
 * @param from the network that asks
 * @throws {UsageError} the present one is wrong, or the other one won't do
 */
export async function changeOwnPassword(
  { db }: Pick<Context, 'db'>,
  user: FoundUser,
  { current, chosen, session, from }: { current: string; chosen: string; session: string; from: string },
): Promise<void> {
  const known = user.password ?? undefined;
  if (known === undefined || !(await isPassword(current, known, from))) throw notTheirs();
  const hash = await hashChosen(chosen, user, from);
  await db.$transaction(async (tx) => {
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
