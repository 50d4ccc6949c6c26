import { randomBytes } from 'node:crypto';
import { base32 } from './totp.js';

const howMany = 10;

/** 150 bits: what has as many can't be guessed from a plain digest. */
const letters = 30;

/** Those that were made earlier had 125 bits, and are good until others take their place. */
const lettersEarlier = 25;

/** For whoever has lost their app: each stands for one code. In six groups of five letters and digits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: howMany }, () => grouped(base32(randomBytes(20)).slice(0, letters)));
}

/** The code as it was made, however it was written; `undefined`: it is none. */
export function readRecoveryCode(written: string): string | undefined {
  const code = written.toUpperCase().replace(/[\s-]/g, '');
  const isOne = [letters, lettersEarlier].includes(code.length) && /^[A-Z2-7]+$/.test(code);
  return isOne ? grouped(code) : undefined;
}

function grouped(code: string): string {
  return (code.match(/.{5}/g) ?? []).join('-');
}
