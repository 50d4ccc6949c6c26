import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { migrate } from '../../../src/store/migrations/migrate.js';
import { namesIn } from '../../../src/store/migrations/migration-files.js';
import { query } from '../database-tables.js';
import { createEmptyDatabase, ours } from '../empty-database.js';

const role = `programs_${randomBytes(6).toString('hex')}`;
let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let url: string;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  url = database.url;
  folder = await mkdtemp(join(tmpdir(), 'siaran-audit-rights-'));
  await query(url, `CREATE ROLE "${role}" LOGIN`);
});

afterEach(async () => {
  await query(url, `DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const asRole = (sql: string) =>
  query<Record<string, unknown>>(Object.assign(new URL(url), { username: role }).href, sql);

test('a role that changed entries itself goes on when the tables are newer, as programs of the version before do, until rights are given anew', async () => {
  for (const name of (await namesIn(ours)).filter((name) => name < '20270201'))
    await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, { folder });
  await query(url, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "${role}"`);
  await query(url, `GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "${role}"`);
  await migrate(url);
  const begin = async () =>
    (
      await asRole(
        `INSERT INTO audit_entries (actor, action, target, detail) VALUES ('ada', 'pause', '', '{}') RETURNING id`,
      )
    )[0]?.id;
  const before = `UPDATE audit_entries SET status = 200 WHERE id = ${String(await begin())}`;
  await asRole(before);
  await asRole("DELETE FROM audit_entries WHERE at <= clock_timestamp() - interval '2 years'");
  expect(await asRole(`SELECT end_audit_entry(${String(await begin())}, 200) AS ended`)).toEqual([{ ended: true }]);
  expect(await asRole('SELECT remove_old_audit_entries(0) AS removed')).toEqual([{ removed: 0 }]);
  await migrate(url, { grantTo: role });
  await expect(asRole(before)).rejects.toMatchObject({ code: '42501' });
  await expect(asRole('DELETE FROM audit_entries')).rejects.toMatchObject({ code: '42501' });
  expect(await asRole(`SELECT end_audit_entry(${String(await begin())}, 200) AS ended`)).toEqual([{ ended: true }]);
});

test('no rights are given to a role that is not there, or that has all rights anyway, and nothing is changed then', async () => {
  await expect(migrate(url, { grantTo: 'nobody "at" all' })).rejects.toMatchObject({
    code: 'MIGRATION',
    message: 'Postgres has no role "nobody \\"at\\" all" to give rights to: make it first.',
  });
  // It could become the owner, although it has none of the owner's rights as it is.
  await query(url, `ALTER ROLE "${role}" NOINHERIT; GRANT postgres TO "${role}"`);
  await expect(migrate(url, { grantTo: role })).rejects.toThrow(`Role "${role}" has all rights of`);
  await query(url, `REVOKE postgres FROM "${role}"; ALTER ROLE "${role}" SUPERUSER`);
  await expect(migrate(url, { grantTo: role })).rejects.toThrow(`Role "${role}" has all rights of`);
  expect(await query(url, "SELECT to_regclass('runs') AS runs")).toEqual([{ runs: null }]);
});

test('a database that one role has owned gets a second role as the page says, and its owner loses no right by mistake', async () => {
  const page = await readFile('docs/operations/security.md', 'utf8');
  expect(page).toContain(
    '`CREATE ROLE siaran_owner LOGIN`, `REASSIGN OWNED BY siaran TO siaran_owner`, and the grant of `CONNECT`',
  );
  const owner = `${role}_owner`;
  const urlOf = (name: string) => Object.assign(new URL(url), { username: name }).href;
  await query(url, `ALTER DATABASE ${database.name} OWNER TO "${role}"`);
  await query(url, `REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC`);
  await migrate(urlOf(role));
  await query(url, `CREATE ROLE "${owner}" LOGIN`);
  try {
    await query(url, `REASSIGN OWNED BY "${role}" TO "${owner}"`);
    await query(url, `GRANT CONNECT ON DATABASE ${database.name} TO "${role}"`);
    await migrate(urlOf(owner), { grantTo: role });
    await asRole("INSERT INTO audit_entries (actor, action, target, detail) VALUES ('ada', 'pause', '', '{}')");
    await expect(asRole('DELETE FROM audit_entries')).rejects.toMatchObject({ code: '42501' });
    expect(await asRole('SELECT end_audit_entry(1, 200) AS ended')).toEqual([{ ended: true }]);
    // By an administrator, who owns none of it.
    await expect(migrate(url, { grantTo: owner })).rejects.toThrow(`Role "${owner}" has all rights of "${owner}"`);
    expect(await asRole('SELECT remove_old_audit_entries(0) AS removed')).toEqual([{ removed: 0 }]);
  } finally {
    await query(url, `REASSIGN OWNED BY "${owner}" TO postgres; DROP OWNED BY "${owner}"; DROP ROLE "${owner}"`);
  }
});
