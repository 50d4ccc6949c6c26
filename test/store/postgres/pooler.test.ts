import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { assertMigrated, migrate } from '../../../src/store/migrations/migrate.js';
import { openDatabase } from '../../../src/store/postgres/database.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { hasPooler, startPooler } from '../../support/servers/pooler.js';

let environment: Environment;
beforeAll(async () => {
  environment = await freshEnvironment();
});
afterAll(() => environment.drop());

(hasPooler ? describe : describe.skip)('a PgBouncer as it comes', () => {
  it('in session mode lets everything through, with the session as we want it', async () => {
    const pooler = await startPooler(environment.databaseUrl, 'session');
    const db = openDatabase(pooler.url, { connections: 2, statementTimeoutMs: 3_000 });
    try {
      expect(await migrate(pooler.url)).toMatchObject({ applied: [] });
      const found = await db.$transaction((tx) =>
        Promise.all([
          tx.$queryRaw`SELECT current_setting('statement_timeout') AS it`,
          tx.$queryRaw`SELECT current_setting('idle_in_transaction_session_timeout') AS it`,
        ]),
      );
      expect(found).toEqual([[{ it: '30s' }], [{ it: '10s' }]]);
    } finally {
      await db.$disconnect();
      await pooler.stop();
    }
  });

  it.each([
    ['as it comes', ''],
    ['that takes its sessions in turn', 'server_round_robin = 1'],
  ])('in transaction mode, %s, is refused by `migrate`, which leaves no lock behind', async (_, settings) => {
    const pooler = await startPooler(environment.databaseUrl, 'transaction', settings);
    try {
      await openSessions(pooler.url, 2);
      await expect(migrate(pooler.url)).rejects.toMatchObject({
        code: 'MIGRATION',
        message: expect.stringContaining('pooler'),
      });
      // Whoever only looks needs no session.
      await assertMigrated(pooler.url);
      expect(await migrate(environment.databaseUrl)).toMatchObject({ applied: [] });
    } finally {
      await pooler.stop();
    }
  });
});

/** Has a pooler open so many sessions, which stay there. */
async function openSessions(url: string, count: number): Promise<void> {
  const clients = Array.from({ length: count }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  await Promise.all(clients.map((client) => client.query('SELECT pg_sleep(0.2)')));
  await Promise.all(clients.map((client) => client.end()));
}

describe('a migration whose turn it is not yet', () => {
  it('says who is at it, and gives up in the end', async () => {
    const other = new Client({ connectionString: environment.databaseUrl, application_name: 'somebody else' });
    await other.connect();
    try {
      await other.query('SELECT pg_advisory_lock(72707369)');
      const said: string[] = [];
      const waiting = migrate(environment.databaseUrl, {
        onWaiting: (who) => said.push(who),
        sayAfterMs: 100,
        giveUpAfterMs: 600,
      });
      await expect(waiting).rejects.toMatchObject({
        code: 'MIGRATION',
        retryable: true,
        message: expect.stringMatching(/somebody else/),
      });
      expect(said).toEqual([expect.stringContaining('somebody else')]);
    } finally {
      await other.end();
    }
    expect(await migrate(environment.databaseUrl)).toMatchObject({ applied: [] });
  });
});
