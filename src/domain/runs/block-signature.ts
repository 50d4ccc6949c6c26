import { createHmac, timingSafeEqual } from 'node:crypto';

/** A block of recipients on its way through Redis, as it is signed. `lines` stand below each other. */
type SignedBlock = { intakeId: string; number: number; rows: number; lines: string };

/**
 * Signs a block of a run: HMAC-SHA-256, base64url. The key comes from Postgres only, so that a program that can write to Redis only can
 * neither make a block, nor change one, nor move it to another run, intake or place. What comes before the first line break is
 * JSON, which has none in it: no two blocks have the same text.
 */
export function signBlock(key: Uint8Array, runId: string, { intakeId, number, rows, lines }: SignedBlock): string {
  const head = JSON.stringify([runId, intakeId, number, rows]);
  return createHmac('sha256', key).update(head).update('\n').update(lines).digest('base64url');
}

/** Whether a block is as a producer of this installation has signed it. */
export function isSigned(key: Uint8Array, runId: string, block: SignedBlock, signature: string): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signBlock(key, runId, block))];
  return given.length === right.length && timingSafeEqual(given, right);
}
