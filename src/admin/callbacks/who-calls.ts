import { hash, timingSafeEqual } from 'node:crypto';
import type { CallbackSecrets } from '../../config/callback-secrets.js';
import { isAccountName } from '../../domain/runs/sending.js';

/**
 * Tells whose callbacks come to an address: `SECRET` is the account `default`'s, `ACCOUNT/SECRET` another one's. A secret of an
 * account's own opens nothing but that account. `undefined` if the secret is wrong.
 */
export function openDoor({ common, own }: CallbackSecrets): (path: string) => string | undefined {
  const commonDigests = common.map(digestOf);
  const ownDigests = new Map([...own].map(([account, secrets]) => [account, secrets.map(digestOf)]));
  return (path) => {
    // One slash at the end is as none: portals add it.
    const parts = path.replace(/\/$/, '').split('/');
    const [account, shown = ''] = parts.length === 1 ? ['default', parts[0]] : parts;
    if (parts.length > 2 || !isAccountName(account)) return undefined;
    const digest = digestOf(shown);
    let isRight = false;
    for (const known of ownDigests.get(account) ?? commonDigests) if (timingSafeEqual(digest, known)) isRight = true;
    return isRight ? account : undefined;
  };
}

/** Of one length whatever the text, so that comparing them tells nothing by its time. */
function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
