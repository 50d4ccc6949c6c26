import { randomInt } from 'node:crypto';

/** `r` and eight letters or digits that can't be mistaken for each other (Crockford's Base32): 40 bits. */
export function newRunId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return `r${Array.from({ length: 8 }, () => alphabet[randomInt(32)]).join('')}`;
}
