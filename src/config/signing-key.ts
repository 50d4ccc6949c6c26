const prefix = 'whsec_';
/** Shorter ones could be guessed from a single signed message. */
const fewest = 16;

/**
 * The bytes that notices are signed with: what `whsec_` is the base64 of, as Standard Webhooks writes secrets, or else the
 * text itself. `undefined`: it is too short, or no base64.
 */
export function signingKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(prefix)) return secret.length >= fewest ? Buffer.from(secret, 'utf8') : undefined;
  const encoded = secret.slice(prefix.length);
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && encoded.length % 4 === 0;
  const key = Buffer.from(encoded, 'base64');
  return isBase64 && key.length >= fewest ? key : undefined;
}
