import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const [nonceBytes, tagBytes] = [12, 16];

/** A number that has to stand in an address, as where a page of a list begins, so that no log along the way has it. */
export function sealNumber(key: Uint8Array, number: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyFor(key), nonce);
  return Buffer.concat([nonce, cipher.update(number), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** The number again; `undefined`: it isn't one that was sealed with this key. */
export function unsealNumber(key: Uint8Array, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length <= nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyFor(key), bytes.subarray(0, nonceBytes));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const number = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([number, decipher.final()]).toString();
  } catch {
    return undefined;
  }
}

/** A key of this purpose alone. */
function keyFor(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('siaran number in an address').digest();
}
