import type { Context } from '../../context.js';
import { isSamePerson } from '../../domain/approval/approval.js';
import { UsageError } from '../../errors.js';
import { endSessionsOfUser } from '../../store/admin-sessions.js';
import {
  addUser,
  changeUser,
  countOwners,
  isEmailTaken,
  isNameTaken,
  lockOwners,
  removeFromUsers,
} from '../../store/admin-users.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type By, changePeople, requireRole, unknownUser } from './change.js';

/** Names under which others than people stand in the audit log; `admin` is whoever has a token without a name. */
const taken = ['siaran', 'local', 'unknown', 'admin'];

/** Somebody who is let in. `email`: by it they are found when they come in by OpenID Connect for the first time. */
export type NewPerson = { name: string; role: string; email?: string | undefined };

/** Lets somebody in. @param password its digest; `null`: they set one by a link, or come in by OpenID Connect @throws {UsageError} when the name or the address won't do, or is taken */
export async function insertUser(ctx: Context, tx: Sql, person: NewPerson, password: string | null): Promise<void> {
  const { name, role, email } = person;
  requireRole(role);
  if (!/^\w[\w.-]{0,39}$/.test(name))
    throw new UsageError("A name has 1 to 40 letters, digits, ., - and _, and doesn't begin with . or -.");
  if (taken.includes(name.toLowerCase()) || ctx.config.adminTokens.some((token) => isSamePerson(token.name, name)))
    throw new UsageError(`The name ${name} stands for somebody else in the audit log; choose another.`);
  if (await addUser(tx, { name, role, password, ...(email !== undefined && { email: readEmail(email) }) })) return;
  if (await isNameTaken(tx, name))
    throw new UsageError(`There is a user ${name} already, or was: the audit log has that name.`);
  throw emailTaken();
}

/** Ends their sessions: what they may is what they have logged in for. @throws {UsageError} also when the admin would be left without an owner */
export async function giveRole(ctx: Context, name: string, role: string, by?: By): Promise<void> {
  requireRole(role);
  await changePeople(ctx, { action: 'user role', name, detail: { role } }, by, async (tx) => {
    await keepingAnOwner(ctx, tx, by, async () => {
      if (!(await changeUser(tx, name, { role }))) throw unknownUser(name);
      await endSessionsOfUser(tx, name);
    });
  });
}

/** Takes their access away, and that of their sessions and programs. @throws {UsageError} also when the admin would be left without an owner */
export async function revokeUser(ctx: Context, name: string, by?: By): Promise<void> {
  await changePeople(ctx, { action: 'user revoke', name }, by, async (tx) => {
    await keepingAnOwner(ctx, tx, by, async () => {
      if (!(await removeFromUsers(tx, name))) throw unknownUser(name);
      await endSessionsOfUser(tx, name);
    });
  });
}

/** By which they are found when they come in by OpenID Connect. Whom they were bound to there is forgotten. @param email empty: by none @throws {UsageError} also when the admin would be left without an owner */
export async function giveEmail(ctx: Context, name: string, email: string, by?: By): Promise<void> {
  const read = email.trim() === '' ? null : readEmail(email);
  await changePeople(ctx, { action: 'user email', name }, by, async (tx) => {
    if (read !== null && (await isEmailTaken(tx, read, name))) throw emailTaken();
    await keepingAnOwner(ctx, tx, by, async () => {
      if (!(await changeUser(tx, name, { email: read }))) throw unknownUser(name);
    });
  });
}

function emailTaken(): UsageError {
  return new UsageError('Another user has this e-mail address.');
}

function readEmail(text: string): string {
  const email = text.trim().toLowerCase();
  if (!/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email)) throw new UsageError("This isn't an e-mail address.");
  return email;
}

/** Whoever has the command line can always make another; over HTTP nobody could. */
async function keepingAnOwner(ctx: Context, tx: Sql, by: By | undefined, change: () => Promise<void>): Promise<void> {
  await lockOwners(tx);
  const before = await countOwners(tx);
  await change();
  if (by !== 'admin' || ctx.config.adminTokens.some(({ role }) => role === 'owner')) return;
  if (before > 0 && (await countOwners(tx)) === 0)
    throw new UsageError('Nobody would be an owner any more. Make somebody else one first, who has logged in once.');
}
