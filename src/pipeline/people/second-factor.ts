import type { Context } from '../../context.js';
import { newRecoveryCodes, readRecoveryCode } from '../../domain/people/recovery-codes.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { newTotpSecret, stepOfCode } from '../../domain/people/totp.js';
import { seal, unseal } from '../../domain/sealed.js';
import { UsageError } from '../../errors.js';
import {
  putRecoveryCodes,
  putTotpSecret,
  switchTotpOff,
  switchTotpOn,
  tryCode,
  useRecoveryCode,
  useTotpStep,
} from '../../store/admin-second-factors.js';
import { endSessionsOfUser, keepSession } from '../../store/admin-sessions.js';
import { type FoundUser, findUser } from '../../store/admin-users.js';
import { findDigestKey } from '../../store/installation.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type By, changePeople, unknownUser } from './change.js';
import { passwordCredential } from './own-password.js';

/** So long what somebody has begun can be finished: their browser may be found open later. */
const setUpMs = 10 * 60_000;

/** Of a million codes three are good at a time: at this pace half of the guesses succeed within 80 days, and each stands in the log. */
const mostCodes = { times: 10, withinMs: 5 * 60_000 } as const;

/** Begins to set up a second factor for a password. It counts once `confirmTotp` was shown a code, within ten minutes. @returns the secret, for the app: it is shown this once */
export async function beginTotp(ctx: Context, name: string): Promise<string> {
  const secret = newTotpSecret();
  const sealed = seal(await findDigestKey(ctx.db), purposeOf(name), secret);
  if (!(await putTotpSecret(ctx.db, name, sealed)))
    throw new UsageError('Codes are for those who have a password, and are on already for some of them.');
  return secret;
}

/**
 * From now on the password needs a code. Sessions of theirs that were opened without one end, also one that is being opened.
 * @param code what the app shows
 * @param session the digest of the one that stays
 * @returns recovery codes, which are shown this once
 */
export async function confirmTotp(ctx: Context, name: string, code: string, session: string): Promise<string[]> {
  const user = await findUser(ctx.db, name);
  const begun = user?.totpSince === null ? user.totpSecret : null;
  if (begun !== null && !(await mayTryCode(ctx.db, name)))
    throw new UsageError('Too many codes were tried. Wait for five minutes.');
  const step = begun === null ? undefined : await stepOf(ctx.db, { name, totpSecret: begun }, code);
  if (!user || begun === null || step === undefined) throw wrongCode();
  return ctx.db.$transaction(async (tx) => {
    if (!(await switchTotpOn(tx, name, begun, { step, withinMs: setUpMs })))
      throw new UsageError('This was begun anew, or more than 10 minutes ago. Begin again.');
    await endSessionsOfUser(tx, name, session);
    await keepSession(tx, session, passwordCredential({ ...user, totpSince: new Date() }));
    return newCodes(tx, name);
  });
}

/** Counts a try at six digits, which can be guessed: a few are looked at within five minutes, in whatever process. @returns whether this one may be */
export function mayTryCode(db: Sql, name: string): Promise<boolean> {
  return tryCode(db, name, mostCodes);
}

/** Whether this is a code of somebody's app or one of their recovery codes, which it uses up. @param code as it was written */
export async function takeCode(db: Sql, user: Pick<FoundUser, 'name' | 'totpSecret'>, code: string): Promise<boolean> {
  const recovery = readRecoveryCode(code);
  if (recovery !== undefined) return useRecoveryCode(db, user.name, secretDigest(recovery));
  const step = await stepOf(db, user, code);
  return step !== undefined && useTotpStep(db, user.name, step);
}

/** The moment that the code is of; `undefined`: it is wrong, or there is no secret. */
async function stepOf(
  db: Sql,
  { name, totpSecret }: Pick<FoundUser, 'name' | 'totpSecret'>,
  code: string,
): Promise<number | undefined> {
  if (totpSecret === null) return undefined;
  const secret = unseal(await findDigestKey(db), purposeOf(name), totpSecret);
  return secret === undefined ? undefined : stepOfCode(secret, plain(code), await currentTime(db));
}

/** Whether it is a recovery code by its looks: such a one isn't guessed. */
export function looksLikeRecoveryCode(code: string): boolean {
  return readRecoveryCode(code) !== undefined;
}

/** In the place of the recovery codes that are left. @returns new ones, which are shown this once */
export function renewRecoveryCodes(ctx: Context, name: string): Promise<string[]> {
  return ctx.db.$transaction((tx) => newCodes(tx, name));
}

/** A password is enough again. For an owner, if somebody has lost their app and their recovery codes; and for themselves. @param session the digest of the one that stays */
export async function resetTotp(ctx: Context, name: string, by?: By, session?: string): Promise<void> {
  await changePeople(ctx, { action: 'totp reset', name }, by, async (tx) => {
    const user = await findUser(tx, name);
    if (!user) throw unknownUser(name);
    if (!(await switchTotpOff(tx, name))) throw new UsageError(`The password of ${name} needs no code.`);
    await endSessionsOfUser(tx, name, session);
    if (session !== undefined) await keepSession(tx, session, passwordCredential({ ...user, totpSince: null }));
  });
}

export function wrongCode(): UsageError {
  return new UsageError('This code is wrong, was used before, or is not of this moment. Wait for the next one.');
}

async function newCodes(tx: Sql, name: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  await putRecoveryCodes(
    tx,
    name,
    codes.map((code) => secretDigest(code)),
  );
  return codes;
}

/** Apps show `123 456`. */
function plain(code: string): string {
  return code.replace(/\s/g, '');
}

/** A secret that is put into another's row opens nothing. */
function purposeOf(name: string): string {
  return `totp secret of ${name}`;
}
