import { randomBytes } from 'node:crypto';
import type { Actor, AdminToken } from '../../config/admin-token.js';
import { isSameSecret } from './access.js';

/** For an admin that was given no token: nobody knows this one, and a link lets one browser in as its owner. */
export function openOwnToken(): AdminToken {
  return { name: 'local', role: 'operator', token: newSecret() };
}

/** A secret that lets one browser in, once: whoever finds it later, in a history or a log, has nothing of it. */
export class OneTimeLink {
  readonly #actor: Actor;
  #secret: string | undefined = newSecret();

  constructor({ name, role }: Actor) {
    this.#actor = { name, role };
  }

  /** Where it leads, below the admin's address. Absent: it was used. */
  path(next?: string): string | undefined {
    if (this.#secret === undefined) return undefined;
    return `/login?once=${this.#secret}${next === undefined ? '' : `&next=${encodeURIComponent(next)}`}`;
  }

  /** Who comes in with this secret: nobody, if it is another or was used before. */
  take(secret: string): Actor | undefined {
    if (this.#secret === undefined || !isSameSecret(secret, this.#secret)) return undefined;
    this.#secret = undefined;
    return this.#actor;
  }
}

/** 256 bits. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
