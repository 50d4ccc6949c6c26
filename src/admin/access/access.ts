import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Actor, AdminToken } from '../../config/admin-token.js';

export const sessionCookie = 'siaran_session';

/** Half a day: long enough for a shift. */
export const sessionMs = 12 * 3_600_000;

/**
 * Who may come in. Nothing is kept of a session: it is a name and an end, signed with a key that is made of the token, so that
 * it ends when the token is taken away or changed.
 */
export class Access {
  readonly #tokens: readonly (AdminToken & { digest: Buffer })[];

  constructor(tokens: readonly AdminToken[]) {
    this.#tokens = tokens.map((token) => ({ ...token, digest: digestOf(token.token) }));
  }

  /** Compares with every token, each in constant time. */
  actorOf(token: string): Actor | undefined {
    const digest = digestOf(token);
    let found: Actor | undefined;
    for (const { name, role, digest: known } of this.#tokens)
      if (timingSafeEqual(digest, known)) found = { name, role };
    return found;
  }

  /** What a browser keeps, once its user has shown a token. */
  openSession({ name }: Actor, now: Date): string {
    const content = `${Buffer.from(name).toString('base64url')}.${now.getTime() + sessionMs}`;
    return `${content}.${this.#sign(name, content) ?? ''}`;
  }

  actorOfSession(session: string, now: Date): Actor | undefined {
    const [written = '', end = '', signature = ''] = session.split('.');
    const name = Buffer.from(written, 'base64url').toString();
    const right = this.#sign(name, `${written}.${end}`);
    if (right === undefined || !isSameSecret(signature, right)) return undefined;
    const token = this.#tokens.find((known) => known.name === name);
    return token && Number(end) > now.getTime() ? { name, role: token.role } : undefined;
  }

  #sign(name: string, content: string): string | undefined {
    const token = this.#tokens.find((known) => known.name === name);
    if (!token) return undefined;
    const key = createHash('sha256').update('siaran admin session\0').update(token.token).digest();
    return createHmac('sha256', key).update(content).digest('base64url');
  }
}

/** Whether cookies are for https only. A header that a proxy didn't send makes them so too, which harms only who sent it. */
export function cameByHttps({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers['x-forwarded-proto'] === 'https';
}

/** Whether two secrets are one, found out in a time that tells nothing of either. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

/** Digests are of one length, which the comparison needs, and tell nothing of where two texts differ. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
