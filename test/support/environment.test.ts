import { expect, test } from '@jest/globals';
import { freshEnvironment } from './environment.js';

test('each environment has a migrated database of its own', async () => {
  const one = await freshEnvironment();
  const two = await freshEnvironment();
  await one.query(`INSERT INTO accounts (name, portfolio) VALUES ('only here', 'only here')`);
  expect(await two.query('SELECT name FROM accounts')).toEqual([{ name: 'default' }]);
  await one.drop();
  await two.drop();
});

test('dropping names the sessions that a test left open, and drops all the same', async () => {
  const { Client } = await import('pg');
  const environment = await freshEnvironment();
  const client = new Client({ connectionString: environment.databaseUrl, application_name: 'forgotten' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SELECT 1');
  await environment.redis.set(`${environment.env.SIARAN_PREFIX}:key`, '1');
  await expect(environment.drop(200)).rejects.toThrow(/forgotten/);
});
