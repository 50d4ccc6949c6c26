import { createHmac } from 'node:crypto';

const half = 1n << 62n;

/**
 * What stays of the number of somebody who was forgotten: 62 bits of its HMAC-SHA-256 as a negative number of 19 digits, which stands
 * where the number stood and is never taken for one. With a million of them, not one in a thousand billion numbers is mistaken for a forgotten one.
 * @param identity digits, as `identityOf` gives them, or a user id of WhatsApp's
 */
export function digestOf(key: Uint8Array, identity: string): string {
  const bits = createHmac('sha256', key).update(identity).digest().readBigUInt64BE() & (half - 1n);
  return String(-half - bits);
}

/** Whether what stands in the place of a number is such a digest. */
export function isDigest(text: string): boolean {
  return text.startsWith('-');
}
