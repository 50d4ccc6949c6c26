import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { assertMigrated, migrate } from '../../../src/store/migrations/migrate.js';
import { openDatabase } from '../../../src/store/postgres/database.js';
import { postgresErrorOf } from '../../../src/store/postgres/postgres-error.js';
import { run } from '../../cli/siaran.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { hasPooler, openSessions, startPooler } from '../../support/servers/pooler.js';

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

  it('in transaction mode starts no worker, no admin and no receiver of callbacks, as it loses named statements', async () => {
    const pooler = await startPooler(environment.databaseUrl, 'transaction');
    const secret = { SIARAN_CALLBACK_SECRET: 'a-secret-of-callbacks' };
    const account = { QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'secret' };
    const env = { ...environment.env, ...secret, ...account, DATABASE_URL: pooler.url };
    try {
      await openSessions(pooler.url, 2);
      for (const command of ['worker', 'admin', 'callbacks'])
        expect({ command, ...(await run([command, '--json'], { env, alone: true })) }).toMatchObject({
          ...{ command, code: 2 },
          stderr: expect.stringMatching(/loses named statements\. Set `pool_mode = session`.*`max_prepared_statements/),
        });
    } finally {
      await pooler.stop();
    }
  });
});

it('a named statement that is there already is told as what it comes from', async () => {
  const client = new Client({ connectionString: environment.databaseUrl });
  await client.connect();
  try {
    await client.query('PREPARE it AS SELECT 1');
    const error = await client.query('PREPARE it AS SELECT 1').catch((failure: unknown) => failure);
    expect(postgresErrorOf(error)).toMatchObject({ code: 'USAGE', message: expect.stringContaining('pooler') });
  } finally {
    await client.end();
  }
});

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
