import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const [nonceBytes, tagBytes] = [12, 16];

/** Encrypts a text (AES-256-GCM), so that it can be read again with the same key and purpose only. @param purpose what nothing else is sealed for */
export function seal(key: Uint8Array, purpose: string, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyFor(key, purpose), nonce);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** The text again; `undefined`: it isn't one that was sealed with this key for this purpose. */
export function unseal(key: Uint8Array, purpose: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length <= nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyFor(key, purpose), bytes.subarray(0, nonceBytes));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString();
  } catch {
    return undefined;
  }
}

/** A key of this purpose alone. */
function keyFor(key: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', key).update(`siaran ${purpose}`).digest();
}
