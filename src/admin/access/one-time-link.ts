import type { AdminToken } from '../../config/admin-token.js';
import { isSameSecret, newSecret } from './access.js';

/** For an admin that was given no token: nobody knows this one, and a link lets one browser in with it. */
export function openOwnToken(): AdminToken {
  return { name: 'local', role: 'owner', token: newSecret(), isByLink: true };
}

/** A secret that stands for a token, once: whoever finds it later, in a history or a log, has nothing of it. */
export class OneTimeLink {
  readonly #token: string;
  #secret: string | undefined = newSecret();

  constructor({ token }: AdminToken) {
    this.#token = token;
  }

  /** Where it leads, below the admin's address. Absent: it was used. */
  path(next?: string): string | undefined {
    if (this.#secret === undefined) return undefined;
    return `/login?once=${this.#secret}${next === undefined ? '' : `&next=${encodeURIComponent(next)}`}`;
  }

  /** The token, for this secret: none, if it is another or was used before. */
  take(secret: string): string | undefined {
    if (this.#secret === undefined || !isSameSecret(secret, this.#secret)) return undefined;
    this.#secret = undefined;
    return this.#token;
  }
}
