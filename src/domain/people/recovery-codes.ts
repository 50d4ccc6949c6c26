import { randomBytes } from 'node:crypto';
import { base32 } from './totp.js';

const howMany = 10;

/** For whoever has lost their app: each stands for one code. 100 bits, in four groups of five letters and digits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: howMany }, () => grouped(base32(randomBytes(13)).slice(0, 20)));
}

/** The code as it was made, however it was written; `undefined`: it is none. */
export function readRecoveryCode(written: string): string | undefined {
  const letters = written.toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z2-7]{20}$/.test(letters) ? grouped(letters) : undefined;
}

function grouped(letters: string): string {
  return (letters.match(/.{5}/g) ?? []).join('-');
}
