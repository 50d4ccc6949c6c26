import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.js';
import { SiaranError } from '../errors.js';

/** How long what may do without Redis waits to hear whose the prefix is. */
const patienceMs = 3_000;

/**
 * Refuses a prefix in Redis that belongs to another database, before anything is done. While Redis or Postgres is away nothing
 * can be said: what needs them finds out then, as no command reaches Redis before.
 * @throws {SiaranError} `OTHER_DATABASE`
 */
export async function refuseOtherDatabase({ owner }: Context): Promise<void> {
  if (owner.isOurs) return;
  const waiting = new AbortController();
  const asked = owner.assertOurs().catch((error: unknown) => {
    if (isOtherDatabase(error)) throw error;
  });
  try {
    await Promise.race([asked, sleep(patienceMs, undefined, { signal: waiting.signal }).catch(() => {})]);
  } finally {
    waiting.abort();
    asked.catch(() => {});
  }
}

/** Whether an error says that the prefix in Redis belongs to another database. */
export function isOtherDatabase(error: unknown): boolean {
  return error instanceof SiaranError && error.code === 'OTHER_DATABASE';
}
