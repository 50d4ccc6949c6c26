import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { checkAudience } from '../../src/audience/check-audience.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { eventually } from '../support/rig.js';
import { means, readAudience, spec } from './audience.js';

let environment: Environment;
const roles: string[] = [];

beforeAll(async () => {
  environment = await freshEnvironment();
});

afterAll(async () => {
  for (const role of roles.reverse()) await environment.query(`DROP ROLE ${role}`);
  await environment.drop();
});

async function newRole(attributes: string): Promise<string> {
  const role = `r_${randomBytes(6).toString('hex')}`;
  await environment.query(`CREATE ROLE ${role} ${attributes.includes('LOGIN') ? '' : 'LOGIN '}${attributes}`);
  roles.push(role);
  return role;
}

function read(role: string, query = 'SELECT 1 AS n', ledgerUrl = environment.databaseUrl) {
  const databaseUrl = Object.assign(new URL(environment.databaseUrl), { username: role }).href;
  return readAudience(`sql:${query}`, means({ databaseUrl, ledgerUrl }));
}

describe('a role that an audience is asked as', () => {
  it('may read what it is granted, and nothing of the ledger', async () => {
    const role = await newRole('');
    expect(await read(role)).toEqual({ rows: [{ n: '1' }], error: undefined });
    const { error } = await read(role, 'SELECT * FROM runs');
    expect(error).toMatchObject({ code: 'AUDIENCE', message: expect.stringContaining('permission denied') });
  });

  it.each([
    ['SUPERUSER', 'is a superuser'],
    ['REPLICATION', 'may replicate'],
    ['BYPASSRLS', 'bypasses row level security'],
    ['CREATEROLE', 'may make roles'],
    ['IN ROLE pg_read_server_files', 'has the rights of pg_read_server_files'],
    ['IN ROLE pg_write_server_files', 'has the rights of pg_write_server_files'],
    ['IN ROLE pg_execute_server_program', 'has the rights of pg_execute_server_program'],
    ['IN ROLE pg_signal_backend', 'has the rights of pg_signal_backend'],
    ['IN ROLE SUPERIOR', 'has the rights of r_\\w+, which is a superuser'],
    ['IN ROLE LEDGER', 'has the rights of the role of DATABASE_URL'],
  ])('is refused with the role to make instead: %s', async (attributes, why) => {
    const superior = attributes.includes('SUPERIOR') ? await newRole('SUPERUSER NOLOGIN') : '';
    const ledger = attributes.includes('LEDGER') ? await newRole('') : 'postgres';
    const role = await newRole(attributes.replace('SUPERIOR', superior).replace('LEDGER', ledger));
    const ledgerUrl = Object.assign(new URL(environment.databaseUrl), { username: ledger }).href;
    const { rows, error } = await read(role, 'SELECT pg_sleep(0) AS n', ledgerUrl);
    expect(rows).toEqual([]);
    expect(error).toMatchObject({
      ...{ code: 'AUDIENCE', retryable: false },
      message: expect.stringMatching(new RegExp(`role ${role} ${why}.*CREATE ROLE .*GRANT SELECT ON`, 's')),
    });
  });

  it('is refused where it becomes a harmless one first: the query could turn back', async () => {
    const role = await newRole('SUPERUSER');
    const harmless = await newRole('');
    const url = Object.assign(new URL(environment.databaseUrl), { username: role });
    url.searchParams.set('options', `-c role=${harmless}`);
    const { ledgerUrl } = means({});
    const { error } = await readAudience('sql:SELECT 1 AS n', means({ databaseUrl: url.href, ledgerUrl }));
    expect(String(error)).toContain(`role ${role} is a superuser`);
  });

  it.each([
    ['owns', (owner: string) => owner],
    ['has the rights of the role that owns', (owner: string) => newRole(`IN ROLE ${owner}`)],
  ])('is refused if it %s the tables, which another one works with', async (_, roleOf) => {
    const owner = await newRole('');
    await environment.query(`ALTER TABLE audit_entries OWNER TO ${owner}`);
    const { rows, error } = await read(await roleOf(owner));
    await environment.query('ALTER TABLE audit_entries OWNER TO postgres');
    expect(rows).toEqual([]);
    expect(String(error)).toMatch(/owns Siaran's tables.*CREATE ROLE /s);
  });

  it('keeps a lock of Siaran no longer than its query may take', async () => {
    const lock = 1667329123;
    const databaseUrl = Object.assign(new URL(environment.databaseUrl), { username: await newRole('') }).href;
    const given = means({ databaseUrl, ledgerUrl: environment.databaseUrl, timeoutMs: 1_000 });
    const { error } = await readAudience(`sql:SELECT pg_advisory_lock(${lock})::text AS n, pg_sleep(60)`, given);
    expect(error).toMatchObject({ code: 'AUDIENCE' });
    await eventually(
      () => environment.query<{ free: boolean }>(`SELECT pg_try_advisory_xact_lock(${lock}) AS free`),
      ([answer]) => answer?.free === true,
      10_000,
    );
  });

  it("is refused if it is the ledger's own", async () => {
    const role = await newRole('');
    const ledgerUrl = Object.assign(new URL(environment.databaseUrl), { username: role }).href;
    const { error } = await read(role, 'SELECT 1', ledgerUrl);
    expect(String(error)).toContain(`role ${role} is the role of DATABASE_URL`);
  });
});

test("without SIARAN_AUDIENCE_DATABASE_URL no query is asked, least of all of the ledger's", async () => {
  const none = means({ databaseUrl: undefined });
  const { error } = await readAudience('sql:SELECT 1', none);
  expect(error).toMatchObject({ code: 'AUDIENCE', retryable: false });
  expect(String(error)).toMatch(/SIARAN_AUDIENCE_DATABASE_URL is not set.*CREATE ROLE .*GRANT SELECT ON/s);
  await expect(checkAudience(spec('sql:SELECT 1'), ['phone_number'], none)).rejects.toThrow(
    'SIARAN_AUDIENCE_DATABASE_URL is not set',
  );
});
