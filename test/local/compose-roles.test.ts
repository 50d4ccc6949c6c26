import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { migrate } from '../../src/store/migrations/migrate.js';
import { means, readAudience } from '../audience/audience.js';
import { root } from '../cli/siaran.js';
import { askOnce, type Environment, freshEnvironment } from '../support/environment.js';

/** Another name for each of the script's, as the server is that of all tests. */
const tag = randomBytes(6).toString('hex');
const named = (text: string) =>
  text.replaceAll(/\b(siaran_audience|siaran_owner|siaran|audiences)\b(?!_)/g, (name) => `${name}_${tag}`);
let environment: Environment;

function urlOf(role: string, database: string): string {
  return Object.assign(new URL(environment.databaseUrl), { username: named(role), pathname: `/${named(database)}` })
    .href;
}

beforeAll(async () => {
  environment = await freshEnvironment();
  const script = (await readFile(join(root, 'docker/roles.sql'), 'utf8'))
    .replaceAll(/^(--|\\set).*$/gm, '')
    .replaceAll(/:'\w+'/g, "'secret'");
  const [server = '', database = ''] = script.split(/^\\connect audiences$/m);
  for (const statement of server.split(';').filter((text) => text.trim() !== ''))
    await environment.query(named(statement));
  await askOnce(
    Object.assign(new URL(environment.databaseUrl), { pathname: named('/audiences') }).href,
    named(database),
  );
});

afterAll(async () => {
  for (const database of ['siaran', 'audiences'])
    await environment.query(`DROP DATABASE ${named(database)} WITH (FORCE)`);
  for (const role of ['siaran', 'siaran_owner', 'siaran_audience']) await environment.query(`DROP ROLE ${named(role)}`);
  await environment.drop();
});

test("the compose file's roles for Siaran are no superusers: one migrates, and gives the other what it needs", async () => {
  for (const role of ['siaran_owner', 'siaran'])
    expect(await askOnce(urlOf(role, 'siaran'), "SELECT current_setting('is_superuser') AS super")).toEqual([
      { super: 'off' },
    ]);
  const { services } = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  const [command, flag, role] = services.migrate.command;
  expect([command, flag]).toEqual(['migrate', '--grant-to']);
  await expect(migrate(urlOf(role, 'siaran'), { grantTo: named(role) })).rejects.toThrow('all rights of');
  await migrate(urlOf('siaran_owner', 'siaran'), { grantTo: named(role) });
  expect(await askOnce(urlOf(role, 'siaran'), 'SELECT count(*)::int AS runs FROM runs')).toEqual([{ runs: 0 }]);
  await expect(askOnce(urlOf(role, 'siaran'), 'DELETE FROM audit_entries')).rejects.toMatchObject({ code: '42501' });
});

test('of the programs of the compose file the migration alone is given the owner of the tables', async () => {
  const { services } = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  const given = Object.entries<{ secrets: string[] }>(services).filter(([, { secrets }]) =>
    secrets.includes('owner-database-url'),
  );
  expect(given.map(([name]) => name)).toEqual(['migrate']);
});

test("the compose file's role for audiences reads what the administrator puts there, and can't get to the ledger", async () => {
  const administrator = Object.assign(new URL(environment.databaseUrl), { pathname: named('/audiences') }).href;
  await askOnce(administrator, "CREATE TABLE customers AS SELECT '6281234567890' AS phone_number");
  const given = (database: string) =>
    means({ databaseUrl: urlOf('siaran_audience', database), ledgerUrl: urlOf('siaran', 'siaran') });
  const { rows, error } = await readAudience('sql:SELECT phone_number FROM customers', given('audiences'));
  expect({ rows, error }).toEqual({ rows: [{ phone_number: '6281234567890' }], error: undefined });
  const ledger = await readAudience('sql:SELECT 1', given('siaran'));
  expect(String(ledger.error)).toContain('permission denied for database');
  await expect(askOnce(urlOf('siaran', 'audiences'), 'SELECT 1')).rejects.toThrow('permission denied for database');
});
