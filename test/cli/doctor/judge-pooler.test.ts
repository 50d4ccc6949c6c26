import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { judgePooler } from '../../../src/cli/doctor/judge-pooler.js';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { hasPooler, openSessions, startPooler } from '../../support/servers/pooler.js';

let environment: Environment;
beforeAll(async () => {
  environment = await freshEnvironment();
});
afterAll(() => environment.drop());

async function judge(databaseUrl: string) {
  const ctx = openContext(parseConfig({ ...environment.env, DATABASE_URL: databaseUrl }));
  return judgePooler(ctx).finally(() => ctx.close());
}

describe('the sessions of Postgres', () => {
  it('are well if there is nothing in between', async () => {
    expect(await judge(environment.databaseUrl)).toEqual({ ok: true, detail: 'each connection has its own' });
  });

  (hasPooler ? it : it.skip)('are well behind a pooler that keeps them', async () => {
    const pooler = await startPooler(environment.databaseUrl, 'session');
    try {
      expect(await judge(pooler.url)).toMatchObject({ ok: true });
    } finally {
      await pooler.stop();
    }
  });

  (hasPooler ? it : it.skip)('are not behind one that has no session left, and the line for it is told', async () => {
    const pooler = await startPooler(environment.databaseUrl, 'session', 'default_pool_size = 1');
    const other = new Client({ connectionString: pooler.url });
    await other.connect();
    try {
      await other.query('SELECT 1');
      expect(await judge(pooler.url)).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/no session left/),
        todo: expect.stringMatching(/`default_pool_size`/),
      });
    } finally {
      await other.end();
      await pooler.stop();
    }
  });

  const each = hasPooler ? it.each : it.skip.each;
  each([
    ['as it comes', '', 1],
    ['that takes two sessions in turn', 'server_round_robin = 1', 2],
    ['that takes many sessions in turn', 'server_round_robin = 1', 18],
  ])('are not behind one that loses named statements, %s, and its lines are told', async (_, settings, sessions) => {
    const pooler = await startPooler(environment.databaseUrl, 'transaction', settings);
    try {
      await openSessions(pooler.url, sessions);
      expect(await judge(pooler.url)).toMatchObject({
        ok: false,
        detail: 'shared by a pooler in transaction mode, which loses named statements',
        todo: expect.stringMatching(/`pool_mode = session`.*`max_prepared_statements = 100`/),
      });
    } finally {
      await pooler.stop();
    }
  });
});
