import { randomBytes } from 'node:crypto';
import { base32 } from './totp.js';

const howMany = 10;

/** 125 bits: of 112 and more a plain digest is enough. */
const letters = 25;

/** For whoever has lost their app: each stands for one code. In five groups of five letters and digits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: howMany }, () => grouped(base32(randomBytes(16)).slice(0, letters)));
}

/** The code as it was made, however it was written; `undefined`: it is none. */
export function readRecoveryCode(written: string): string | undefined {
  const code = written.toUpperCase().replace(/[\s-]/g, '');
  return code.length === letters && /^[A-Z2-7]+$/.test(code) ? grouped(code) : undefined;
}

function grouped(code: string): string {
  return (code.match(/.{5}/g) ?? []).join('-');
}
