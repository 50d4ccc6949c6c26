import { createHash } from 'node:crypto';

/** What is kept of a secret, or compared: of one length. A secret of 128 bits or more can't be found from it. */
export function secretDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
