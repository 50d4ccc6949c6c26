import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** As all apps have it, whatever an address asks for: RFC 6238 with SHA-1, six digits and 30 s. */
const stepSeconds = 30;
const digits = 6;

/** As RFC 4226 recommends: 160 bits. */
const secretBytes = 20;

/** A clock may be off by one step. */
const window = 1;

/** A new secret, in base32 as apps take it. */
export function newTotpSecret(): string {
  return base32(randomBytes(secretBytes));
}

/** The code of a step of 30 s since 1970 (RFC 4226, RFC 6238). @param key the bytes that the secret stands for */
export function totpCode(key: Uint8Array, step: number, length = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 0xf) & 0x7fff_ffff;
  return String(number % 10 ** length).padStart(length, '0');
}

/** The step whose code this is, of those that are near enough to this time; `undefined`: it is of none. */
export function stepOfCode(secret: string, code: string, at: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = Math.floor(at.getTime() / 1_000 / stepSeconds);
  const key = fromBase32(secret);
  const near = Array.from({ length: 2 * window + 1 }, (_, index) => now - window + index);
  return near.find((step) => timingSafeEqual(Buffer.from(totpCode(key, step)), Buffer.from(code)));
}

/** What an app reads from the QR code. */
export function totpAddress(secret: string, name: string): string {
  return `otpauth://totp/Siaran:${encodeURIComponent(name)}?secret=${secret}&issuer=Siaran&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, without padding: of whole groups of five bytes there is none. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The bytes again. */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
