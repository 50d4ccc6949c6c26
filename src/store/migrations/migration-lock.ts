import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { SiaranError } from '../../errors.js';
import { keepsSession } from './pooler.js';

/** What `prisma migrate deploy` takes: https://github.com/prisma/prisma-engines/tree/main/schema-engine/connectors */
const advisoryLock = 72707369;
const lookEveryMs = 100;

/** How somebody waits for another migration to end. */
export type Waiting = {
  /** Hears once who is at it. */
  onWaiting?: ((message: string) => void) | undefined;
  /** After how long. Default 3 s. */
  sayAfterMs?: number;
  /** When the wait ends with an error. Default a minute. */
  giveUpAfterMs?: number;
};

/** Takes the lock of migrations for as long as the session lasts. @throws {SiaranError} MIGRATION, retryable, when another keeps it. */
export async function takeMigrationLock(
  client: Client,
  { onWaiting, sayAfterMs = 3_000, giveUpAfterMs = 60_000 }: Waiting = {},
): Promise<void> {
  const begun = performance.now();
  for (let isSaid = false; ; await sleep(lookEveryMs)) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [advisoryLock]);
    if (rows[0]?.taken) return;
    const waitedMs = performance.now() - begun;
    if (waitedMs >= giveUpAfterMs) {
      const message = `The lock of migrations is still taken, by ${await whoHasIt(client)}. See what it is doing, end it if it hangs, and run \`siaran migrate\` again.`;
      throw new SiaranError('MIGRATION', message, { retryable: true });
    }
    if (isSaid || waitedMs < sayAfterMs) continue;
    isSaid = true;
    onWaiting?.(`Waiting for another migration to end: ${await whoHasIt(client)}.`);
  }
}

/**
 * A pooler in transaction mode gives each statement whatever session is free: the lock would stay behind in one of them, and two
 * migrations could run at once. @throws {SiaranError} MIGRATION.
 */
export async function refuseTransactionPooler(client: Client, second: Client): Promise<void> {
  if (await keepsSession(client, second)) return;
  throw new SiaranError(
    'MIGRATION',
    'DATABASE_URL leads through a pooler in transaction mode, where the lock of migrations belongs to nobody. Run `siaran migrate` with the address of Postgres itself, or of a pooler in session mode.',
  );
}

async function whoHasIt(client: Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; name: string; since: Date }>(
    `SELECT pid, coalesce(nullif(application_name, ''), usename) AS name, backend_start AS since
     FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1 AND objsubid = 1
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [advisoryLock],
  );
  const [holder] = rows;
  return holder
    ? `session ${holder.pid} (${holder.name}), connected since ${holder.since.toISOString()}`
    : 'a session that is just ending';
}
