import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Actor, AdminToken } from '../../config/admin-token.js';
import type { OidcConfig } from '../../config/oidc.js';
import { lackOf, type OidcProof } from '../../domain/people/oidc-demands.js';
import { isRole } from '../../domain/people/roles.js';
import { secretDigest } from '../../domain/people/secret-digest.js';
import { passwordCredential } from '../../pipeline/people/own-password.js';
import { type Asker, isPassword } from '../../pipeline/people/passwords.js';
import { looksLikeRecoveryCode, mayTryCode, takeCode } from '../../pipeline/people/second-factor.js';
import { serviceTokenPrefix } from '../../pipeline/people/tokens.js';
import {
  credentials,
  endSession,
  type FoundSession,
  findSession,
  isOfSubject,
  openSession,
} from '../../store/admin-sessions.js';
import type { Subject } from '../../store/admin-subjects.js';
import { type FoundUser, findUser, useServiceToken } from '../../store/admin-users.js';
import { addAudit } from '../../store/audit-log.js';
import { type Database, isPostgresAway } from '../../store/postgres/database.js';
import type { LoginWay } from './refused-logins.js';
import { auditActor } from './roles.js';

/** Somebody who may come in, and what they have shown: a session ends with it. `proof`: how a provider of OpenID Connect has asked them; absent: they have shown it just now. */
export type Known = { actor: Actor; credential: string; proof?: OidcProof };

type Rules = {
  /** By which people come in by OpenID Connect; absent: sessions that began so have ended, as have those that it would not let in any more. */
  provider?: Pick<OidcConfig, 'demands'> | undefined;
  /** Whether people need a second factor: a password alone lets nobody do anything but set up codes, and a token of the configuration is for programs only. */
  needsCodes?: boolean;
};

/** So long a browser that was let in stays so while Postgres is away: its user is to see what is the matter. */
const graceMs = 5 * 60_000;
const mostRemembered = 1_000;

/** Who may come in: who has a token, a name and password, or a session that was opened with one of them and is neither ended nor too old. */
export class Access {
  readonly #db: Database;
  readonly #rules: Rules;
  readonly #tokens: readonly (AdminToken & { digest: string })[];
  readonly #seen = new Map<string, { actor: Actor; at: number }>();

  constructor(db: Database, tokens: readonly AdminToken[], rules: Rules = {}) {
    this.#db = db;
    this.#rules = rules;
    this.#tokens = tokens.map((token) => ({ ...token, digest: secretDigest(token.token) }));
  }

  /** Whether people need a second factor. */
  get needsCodes(): boolean {
    return this.#rules.needsCodes === true;
  }

  /** Compares with every token of the configuration, each in constant time. */
  knownBy(token: string): Known | undefined {
    const digest = secretDigest(token);
    let found: Known | undefined;
    for (const { name, role, digest: known } of this.#tokens)
      if (timingSafeEqual(Buffer.from(digest), Buffer.from(known)))
        found = { actor: { name, role }, credential: credentials.ofToken(known) };
    return found;
  }

  /** Who has this name and password, and the code, if it needs one. @throws {SiaranError} `UNAVAILABLE` */
  async knownByPassword(
    { name, password, code }: { name: string; password: string; code: string },
    asker: Asker,
  ): Promise<Known | undefined> {
    const user = await findUser(this.#db, name);
    if (!(await isPassword(password, user?.password ?? undefined, asker)) || !user) return undefined;
    if (user.totpSince !== null && !(await this.takesCode(user, code))) return undefined;
    return knownUser(user);
  }

  /** A user as a provider of OpenID Connect has let them in. */
  knownAs(user: { name: string; role: string }, { issuer, subject }: Subject, proof: OidcProof): Known | undefined {
    const actor = userOf(user);
    return actor && { actor, credential: credentials.ofSubject(issuer, subject), proof };
  }

  /** Whether a session may be opened with what they have shown. */
  opensBrowsers({ actor }: Known): boolean {
    return actor.isUser === true || !this.#rules.needsCodes;
  }

  /** Whether it is a code of theirs, which it uses up. Six digits can be guessed, so they are looked at few times only. */
  async takesCode(user: FoundUser, code: string): Promise<boolean> {
    if (user.totpSince === null) return false;
    if (!looksLikeRecoveryCode(code) && !(await mayTryCode(this.#db, user.name))) return false;
    return takeCode(this.#db, user, code);
  }

  /** Whose program has this token: one of the configuration, or one that a person was issued. */
  async actorOfProgram(token: string): Promise<Actor | undefined> {
    const known = this.knownBy(token)?.actor;
    if (known || !token.startsWith(serviceTokenPrefix)) return known;
    const user = await useServiceToken(this.#db, secretDigest(token));
    return user && userOf(user);
  }

  /** Opens a session, and keeps that in the audit log. @returns the secret that the browser is to keep: nobody else has it */
  async openSession({ actor, credential, proof }: Known, address: string, way: LoginWay): Promise<string> {
    const secret = newSecret();
    await this.#db.$transaction(async (tx) => {
      await openSession(tx, { digest: secretDigest(secret), name: actor.name, credential, address, proof });
      await addAudit(tx, { ...auditActor(actor), action: 'log in', target: address, detail: { way } });
    });
    return secret;
  }

  /** @param isUse whether its user does something, or a page looks by itself */
  async actorOfSession(secret: string, isUse: boolean): Promise<Actor | undefined> {
    const digest = secretDigest(secret);
    try {
      const session = await findSession(this.#db, digest, isUse);
      const actor = session && this.#actorBy(session);
      this.#remember(digest, actor);
      return actor;
    } catch (error) {
      const seen = this.#seen.get(digest);
      if (isPostgresAway(error) && seen && seen.at > Date.now() - graceMs) return seen.actor;
      throw error;
    }
  }

  /** Ends a session because its user says so, and keeps that in the audit log. */
  async logOut(secret: string, address: string): Promise<void> {
    const digest = secretDigest(secret);
    this.#seen.delete(digest);
    await this.#db.$transaction(async (tx) => {
      const owner = await endSession(tx, digest);
      if (!owner) return;
      const actorKind = owner.isUser ? 'user' : 'token';
      await addAudit(tx, { actor: owner.name, actorKind, action: 'log out', target: address, detail: {} });
    });
  }

  async endSession(secret: string): Promise<void> {
    this.#seen.delete(secretDigest(secret));
    await endSession(this.#db, secretDigest(secret));
  }

  /** Whose session it is, if what it was opened with still holds. */
  #actorBy(session: FoundSession): Actor | undefined {
    const { name, credential, role, isByPasswordAlone, isProvenLately } = session;
    const { needsCodes, provider } = this.#rules;
    const token = this.#tokens.find(({ digest }) => credentials.ofToken(digest) === credential);
    if (token && needsCodes) return undefined;
    if (isOfSubject(credential) && (!provider || lackOf(session, provider.demands ?? {}, session.openedAt)))
      return undefined;
    const actor = token
      ? { name: token.name, role: token.role, ...(token.isByLink && { isByLink: true as const }) }
      : role === null
        ? undefined
        : userOf({ name, role });
    return (
      actor && {
        ...actor,
        ...(isByPasswordAlone && needsCodes && { lacksCodes: true }),
        ...(!isProvenLately && { isLongIn: true }),
      }
    );
  }

  #remember(digest: string, actor: Actor | undefined): void {
    this.#seen.delete(digest);
    if (actor === undefined) return;
    this.#seen.set(digest, { actor, at: Date.now() });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > mostRemembered && oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** 256 bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether two secrets are one, found out in a time that tells nothing of either. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(secretDigest(one)), Buffer.from(secretDigest(other)));
}

/** A session ends with the password that it was opened with, and when codes are switched on or off. */
function knownUser(user: FoundUser): Known | undefined {
  const actor = userOf(user);
  const credential = passwordCredential(user);
  return actor && credential !== undefined ? { actor, credential } : undefined;
}

function userOf({ name, role }: { name: string; role: string }): Actor | undefined {
  return isRole(role) ? { name, role, isUser: true } : undefined;
}
