import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { assertMigrated, migrate, migrationStatus } from '../../../src/store/migrations/migrate.js';
import { query, tablesIn } from '../database-tables.js';
import { createEmptyDatabase, ours } from '../empty-database.js';
import { tablesOf } from '../schema-file.js';

const server = process.env.SIARAN_TEST_POSTGRES ?? '';
let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let url: string;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  url = database.url;
  folder = await mkdtemp(join(tmpdir(), 'siaran migrations '));
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('all migrations are applied once and in order, and the second time there is nothing to do', async () => {
  await write('1_first', 'CREATE TABLE one (id INT);');
  await write('2_second', 'ALTER TABLE one ADD COLUMN name TEXT; INSERT INTO one VALUES (1, $$a;b$$);');
  const told: string[] = [];
  expect(await migrate(url, { onApplied: (name) => told.push(name), folder })).toEqual({
    applied: ['1_first', '2_second'],
    already: 0,
  });
  expect(told).toEqual(['1_first', '2_second']);
  expect(await migrate(url, { onApplied: (name) => told.push(name), folder })).toEqual({ applied: [], already: 2 });
  expect(told).toHaveLength(2);
  expect(await query(url, 'SELECT * FROM one')).toEqual([{ id: 1, name: 'a;b' }]);
});

test('only those that came since are applied', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await migrate(url, { folder });
  await write('2_second', 'CREATE TABLE two (id INT)');
  expect((await migrationStatus(url, folder)).pending).toEqual(['2_second']);
  expect(await migrate(url, { folder })).toEqual({ applied: ['2_second'], already: 1 });
  expect(await migrationStatus(url, folder)).toEqual({
    pending: [],
    unknown: [],
    isProgramTooOld: false,
    failed: [],
    isOther: false,
  });
});

test('of several at once one applies each, and the others find nothing to do', async () => {
  await write('1_slow', 'SELECT pg_sleep(0.3); CREATE TABLE one (id INT)');
  const results = await Promise.all([1, 2, 3].map(() => migrate(url, { folder })));
  expect(results.flatMap(({ applied }) => applied)).toEqual(['1_slow']);
});

test('one that was edited after it was applied is refused by its name, before anything is applied', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await migrate(url, { folder });
  await write('1_first', 'CREATE TABLE one (id BIGINT)');
  await write('2_second', 'CREATE TABLE two (id INT)');
  await expect(migrate(url, { folder })).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/^1_first was edited/),
  });
  expect(await present('two')).toBe(false);
});

test('one that fails is named and leaves nothing behind; those before it stay, and it can be applied once mended', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await write('2_second', 'CREATE TABLE two (id INT); SELECT 1 / 0;');
  await write('3_third', 'CREATE TABLE three (id INT)');
  await expect(migrate(url, { folder })).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/2_second failed and was rolled back: division by zero/),
  });
  expect([await present('one'), await present('two'), await present('three')]).toEqual([true, false, false]);

  await write('2_second', 'CREATE TABLE two (id INT)');
  expect(await migrate(url, { folder })).toEqual({ applied: ['2_second', '3_third'], already: 1 });
});

test('one that can not be recorded is not applied either', async () => {
  await write('1_first', `CREATE TABLE one (id INT); ALTER TABLE _prisma_migrations ADD CHECK (checksum = '')`);
  await expect(migrate(url, { folder })).rejects.toThrow(/1_first failed and was rolled back/);
  expect(await present('one')).toBe(false);
});

test('one that Prisma began and did not finish is refused until it is marked as rolled back', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await migrate(url, { folder });
  await write('2_second', 'CREATE TABLE two (id INT)');
  await query(url, `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '2_second')`);
  expect((await migrationStatus(url, folder)).failed).toEqual(['2_second']);
  await expect(migrate(url, { folder })).rejects.toThrow(/2_second was begun and did not finish/);
  await expect(assertMigrated(url, folder)).rejects.toThrow(/2_second was begun and did not finish/);

  await query(url, `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'`);
  expect((await migrate(url, { folder })).applied).toEqual(['2_second']);
});

test("what was applied is recorded in Prisma's own table and form", async () => {
  const sql = 'CREATE TABLE one (id INT);\n-- é\n';
  await write('1_first', sql);
  await migrate(url, { folder });
  const columns = await query<{ line: string }>(
    url,
    `SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END) AS line
     FROM pg_attribute WHERE attrelid = '_prisma_migrations'::regclass AND attnum > 0 ORDER BY attnum`,
  );
  expect(columns.map(({ line }) => line)).toEqual([
    'id character varying(36) NOT NULL',
    'checksum character varying(64) NOT NULL',
    'finished_at timestamp with time zone',
    'migration_name character varying(255) NOT NULL',
    'logs text',
    'rolled_back_at timestamp with time zone',
    'started_at timestamp with time zone NOT NULL',
    'applied_steps_count integer NOT NULL',
  ]);
  const [row] = await query<Record<string, unknown>>(url, 'SELECT * FROM _prisma_migrations');
  expect(row).toMatchObject({
    checksum: createHash('sha256').update(sql).digest('hex'),
    migration_name: '1_first',
    finished_at: expect.anything(),
    rolled_back_at: null,
    logs: null,
    applied_steps_count: 1,
  });
  expect(row?.id).toMatch(/^[0-9a-f-]{36}$/);
});

test('the lock is the one that Prisma takes', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  const other = new Client({ connectionString: url });
  await other.connect();
  let migrating: ReturnType<typeof migrate>;
  try {
    await other.query('SELECT pg_advisory_lock(72707369)');
    migrating = migrate(url, { folder });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await present('one')).toBe(false);
  } finally {
    await other.end();
  }
  expect((await migrating).applied).toEqual(['1_first']);
});

test('a program refuses a database that is not migrated, and one that it is too old for', async () => {
  await expect(assertMigrated(url)).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/siaran migrate/),
  });
  await cp(ours, folder, { recursive: true });
  await migrate(url, { folder });
  await expect(assertMigrated(url)).resolves.toBeUndefined();

  await write('99999999999998_later', 'CREATE TABLE later (id INT)');
  await migrate(url, { folder });
  expect(await migrationStatus(url)).toMatchObject({ pending: [], unknown: ['99999999999998_later'], failed: [] });
  await expect(assertMigrated(url)).resolves.toBeUndefined();

  await write('99999999999999_other', "UPDATE installation SET programs_know = '99999999999999_other'");
  await migrate(url, { folder });
  await expect(assertMigrated(url)).rejects.toThrow(
    /newer than this program: it has 99999999999998_later, 99999999999999_other\. Update the program/,
  );
  await expect(assertMigrated((sql) => query(url, sql))).rejects.toMatchObject({ code: 'MIGRATION' });
});

test('of many migrations that are missing it is told how many, and the first and the last', async () => {
  for (const number of [1, 2, 3, 4, 5]) await write(`${number}_step`, `CREATE TABLE step${number} (id INT)`);
  await expect(assertMigrated(url, folder)).rejects.toThrow(
    'This database lacks 5 migrations, from 1_step to 5_step. Run `siaran migrate` first.',
  );
});

test('a database that was made by other migrations is refused before anything is done, and named as that', async () => {
  await write('20261123080000_ledger', 'CREATE TABLE accounts (name TEXT)');
  await migrate(url, { folder });
  for (const refused of [migrate(url), assertMigrated(url)])
    await expect(refused).rejects.toMatchObject({
      code: 'MIGRATION',
      message: expect.stringMatching(
        /^This database was made by other migrations, from 20261123080000_ledger on\..* empty database/,
      ),
    });
  expect(await query(url, 'SELECT migration_name AS name FROM _prisma_migrations')).toEqual([
    { name: '20261123080000_ledger' },
  ]);
  expect(await present('runs')).toBe(false);
});

test('a database that does not exist is named, and a server that is away can be told from it', async () => {
  const missing = Object.assign(new URL(server), { pathname: '/nowhere' }).href;
  await expect(migrate(missing)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringMatching(/"nowhere"/),
  });
  const away = Object.assign(new URL(server), { port: '1' }).href;
  await expect(migrate(away)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
});

test('a role whose name is that of our schema has its tables in public all the same, whenever they come', async () => {
  const role = Object.assign(new URL(url), { username: 'siaran' }).href;
  await query(server, `CREATE ROLE siaran LOGIN`);
  try {
    await query(server, `ALTER DATABASE ${database.name} OWNER TO siaran`);
    const all = (await migrate(role)).applied;
    await cp(ours, folder, { recursive: true });
    await write('99999999999999_later', 'CREATE TABLE later (id INT)');
    expect(await migrate(role, { folder })).toEqual({ applied: ['99999999999999_later'], already: all.length });
    expect(
      await query(role, `SELECT schemaname, count(*)::int FROM pg_tables WHERE tableowner = 'siaran' GROUP BY 1`),
    ).toEqual([{ schemaname: 'public', count: Object.keys(await tablesOf('prisma/schema.prisma')).length + 2 }]);
    expect((await migrationStatus(role, folder)).pending).toEqual([]);
    await query(
      role,
      `INSERT INTO runs (id, key, name, account, template_detail_id, separator, delivery) VALUES ('r', 'k', 'r', 'default', 1, ',', '{}')`,
    );
    expect(await query(role, `SELECT siaran.enqueue('k', '[{}]') AS count`)).toEqual([{ count: 1 }]);
  } finally {
    await query(server, `ALTER DATABASE ${database.name} OWNER TO CURRENT_USER`);
    await query(url, 'REASSIGN OWNED BY siaran TO CURRENT_USER');
    await query(server, 'DROP ROLE siaran');
  }
});

test('our migrations yield the tables that schema.prisma describes', async () => {
  expect((await migrate(url)).applied).toEqual((await readdir(ours)).filter((name) => /^\d/.test(name)).sort());
  const expected = await tablesOf('prisma/schema.prisma');
  expect(Object.keys(expected).length).toBeGreaterThan(7);
  expect(await tablesIn(url)).toEqual(expected);
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function present(table: string): Promise<boolean> {
  const [row] = await query<{ present: boolean }>(url, `SELECT to_regclass('${table}') IS NOT NULL AS present`);
  return row?.present ?? false;
}
