import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Actor, AdminToken } from '../../config/admin-token.js';
import { endSession, findSession, openSession } from '../../store/admin-sessions.js';
import { type Database, isPostgresAway } from '../../store/database.js';

/** Somebody who may come in, and what they have shown: a session ends with it. */
export type Known = { actor: Actor; credential: string };

/** So long a browser that was let in stays so while Postgres is away: its user is to see what is the matter. */
const graceMs = 5 * 60_000;
const mostRemembered = 1_000;

/** Who may come in: who has a token, or a session that was opened with one and is neither ended nor too old. */
export class Access {
  readonly #db: Database;
  readonly #tokens: readonly (AdminToken & { digest: string })[];
  readonly #seen = new Map<string, { credential: string; at: number }>();

  constructor(db: Database, tokens: readonly AdminToken[]) {
    this.#db = db;
    this.#tokens = tokens.map((token) => ({ ...token, digest: digestOf(token.token) }));
  }

  /** Compares with every token, each in constant time. */
  knownBy(token: string): Known | undefined {
    const digest = digestOf(token);
    let found: Known | undefined;
    for (const { name, role, digest: known } of this.#tokens)
      if (timingSafeEqual(Buffer.from(digest), Buffer.from(known)))
        found = { actor: { name, role }, credential: credentialOf(known) };
    return found;
  }

  /** @returns the secret that the browser is to keep: nobody else has it */
  async openSession({ actor, credential }: Known, address: string): Promise<string> {
    const secret = newSecret();
    await openSession(this.#db, { digest: digestOf(secret), name: actor.name, credential, address });
    return secret;
  }

  /** @param isUse whether its user does something, or a page looks by itself */
  async actorOfSession(secret: string, isUse: boolean): Promise<Actor | undefined> {
    const credential = await this.#credentialOf(digestOf(secret), isUse);
    const token = this.#tokens.find(({ digest }) => credentialOf(digest) === credential);
    return token && { name: token.name, role: token.role };
  }

  async endSession(secret: string): Promise<void> {
    this.#seen.delete(digestOf(secret));
    await endSession(this.#db, digestOf(secret));
  }

  async #credentialOf(digest: string, isUse: boolean): Promise<string | undefined> {
    try {
      const credential = (await findSession(this.#db, digest, isUse))?.credential;
      this.#remember(digest, credential);
      return credential;
    } catch (error) {
      const seen = this.#seen.get(digest);
      if (isPostgresAway(error) && seen && seen.at > Date.now() - graceMs) return seen.credential;
      throw error;
    }
  }

  #remember(digest: string, credential: string | undefined): void {
    this.#seen.delete(digest);
    if (credential === undefined) return;
    this.#seen.set(digest, { credential, at: Date.now() });
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
  return timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)));
}

/** Digests are of one length, which the comparison needs. A secret has too many bits to be found from one. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function credentialOf(tokenDigest: string): string {
  return `token:${tokenDigest}`;
}
