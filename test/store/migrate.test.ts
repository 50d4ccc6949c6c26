import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { assertMigrated, migrate, migrationStatus } from '../../src/store/migrate.js';
import { type Table, tablesOf } from './schema-file.js';

const ours = resolve('prisma/migrations');
const server = process.env.SIARAN_TEST_POSTGRES ?? '';
let database: string;
let url: string;
let folder: string;

beforeEach(async () => {
  database = `m_${randomBytes(6).toString('hex')}`;
  url = Object.assign(new URL(server), { pathname: `/${database}` }).href;
  await query(server, `CREATE DATABASE ${database}`);
  folder = await mkdtemp(join(tmpdir(), 'siaran migrations '));
});

afterEach(async () => {
  // Without FORCE, so that it fails on a connection that was left open.
  await query(server, `DROP DATABASE ${database}`);
  await rm(folder, { recursive: true, force: true });
});

/** Applies our migrations up to one, which it leaves out. */
async function migrateBefore(name: string): Promise<void> {
  const entries = await readdir(ours, { withFileTypes: true });
  for (const each of entries.filter((entry) => entry.isDirectory() && entry.name < name))
    await cp(join(ours, each.name), join(folder, each.name), { recursive: true });
  await migrate(url, undefined, folder);
}

test('all migrations are applied once and in order, and the second time there is nothing to do', async () => {
  await write('1_first', 'CREATE TABLE one (id INT);');
  await write('2_second', 'ALTER TABLE one ADD COLUMN name TEXT; INSERT INTO one VALUES (1, $$a;b$$);');
  const told: string[] = [];
  expect(await migrate(url, (name) => told.push(name), folder)).toEqual({
    applied: ['1_first', '2_second'],
    already: 0,
  });
  expect(told).toEqual(['1_first', '2_second']);
  expect(await migrate(url, (name) => told.push(name), folder)).toEqual({ applied: [], already: 2 });
  expect(told).toHaveLength(2);
  expect(await query(url, 'SELECT * FROM one')).toEqual([{ id: 1, name: 'a;b' }]);
});

test('only those that came since are applied', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await migrate(url, undefined, folder);
  await write('2_second', 'CREATE TABLE two (id INT)');
  expect(await migrationStatus(url, folder)).toEqual({ pending: ['2_second'], unknown: [], failed: [] });
  expect(await migrate(url, undefined, folder)).toEqual({ applied: ['2_second'], already: 1 });
  expect(await migrationStatus(url, folder)).toEqual({ pending: [], unknown: [], failed: [] });
});

test('of several at once one applies each, and the others find nothing to do', async () => {
  await write('1_slow', 'SELECT pg_sleep(0.3); CREATE TABLE one (id INT)');
  const results = await Promise.all([1, 2, 3].map(() => migrate(url, undefined, folder)));
  expect(results.flatMap(({ applied }) => applied)).toEqual(['1_slow']);
});

test('numbers that were kept in two forms are kept as one', async () => {
  const name = '20261128010000_number_identity';
  await migrateBefore(name);
  await query(
    url,
    `INSERT INTO suppressions (phone_number, reason, source)
     SELECT unnest(ARRAY[5215512345678, 525512345678, 5491123456789, 5511987654321, 5511932345678, 6281234567890]), 'asked', 'operator'`,
  );
  await query(
    url,
    `INSERT INTO runs (id, name, account, template_detail_id, separator, delivery) VALUES ('r', 'r', 'default', 1, ',', '{}')`,
  );
  // The first two are one person, who stands in two batches: those count them both.
  await query(
    url,
    `INSERT INTO recipients (run_number, batch_number, phone_number)
     SELECT (SELECT number FROM runs), 1, unnest(ARRAY[5215512345678, 525512345678, 5491123456789, 5511987654321, 6281234567890])`,
  );
  await query(
    url,
    `INSERT INTO batches (id, run_id, account, number, size, status) VALUES ('r-0001', 'r', 'default', 1, 5, 'pending')`,
  );
  await query(
    url,
    `INSERT INTO broadcast_logs (account, batch_id, phone_number, status) VALUES ('default', 'r-0001', 5491123456789, 'sent')`,
  );
  await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, undefined, folder);
  const kept = await query<{ number: string }>(url, 'SELECT phone_number::text AS number FROM recipients ORDER BY 1');
  expect(kept.map(({ number }) => number)).toEqual([
    ...['5215512345678', '525512345678', '541123456789', '551187654321', '6281234567890'],
  ]);
  expect(await query(url, 'SELECT phone_number::text AS number FROM broadcast_logs')).toEqual([
    { number: '541123456789' },
  ]);
  const rows = await query<{ number: string }>(url, 'SELECT phone_number::text AS number FROM suppressions ORDER BY 1');
  expect(rows.map(({ number }) => number)).toEqual([
    '525512345678',
    '541123456789',
    '551187654321',
    '5511932345678',
    '6281234567890',
  ]);
});

test('sends that were resolved as not made are known as such, and logs belong to the latest send', async () => {
  const name = '20261128045000_evidence';
  await migrateBefore(name);
  await query(
    url,
    `INSERT INTO runs (id, name, account, template_detail_id, separator, delivery) VALUES ('r', 'r', 'default', 1, ',', '{}')`,
  );
  await query(
    url,
    `INSERT INTO batches (id, run_id, account, number, size, status, attempts, closed_at, broadcast_file_id, broadcast_job_id)
     VALUES ('r-0001', 'r', 'default', 1, 5, 'scheduled', 2, now(), 1, 2)`,
  );
  await query(
    url,
    `INSERT INTO attempts (batch_id, number, kind, worker, broadcast_name, outcome) VALUES
     ('r-0001', 1, 'send', 'w', '', 'unknown'), ('r-0001', 1, 'resolve', 'dewi', '', 'not_sent'), ('r-0001', 2, 'send', 'w', '', 'scheduled')`,
  );
  await query(
    url,
    `INSERT INTO broadcast_logs (account, batch_id, phone_number, status) VALUES ('default', 'r-0001', 628111, 'sent')`,
  );
  await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, undefined, folder);
  expect(await query(url, 'SELECT number, kind FROM attempts WHERE declared_unsent')).toEqual([
    { number: 1, kind: 'send' },
  ]);
  expect(await query(url, 'SELECT send FROM broadcast_logs')).toEqual([{ send: 2 }]);
});

test('one that was edited after it was applied is refused by its name, before anything is applied', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await migrate(url, undefined, folder);
  await write('1_first', 'CREATE TABLE one (id BIGINT)');
  await write('2_second', 'CREATE TABLE two (id INT)');
  await expect(migrate(url, undefined, folder)).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/^1_first was edited/),
  });
  expect(await present('two')).toBe(false);
});

test('one that fails is named and leaves nothing behind; those before it stay, and it can be applied once mended', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await write('2_second', 'CREATE TABLE two (id INT); SELECT 1 / 0;');
  await write('3_third', 'CREATE TABLE three (id INT)');
  await expect(migrate(url, undefined, folder)).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/2_second failed and was rolled back: division by zero/),
  });
  expect([await present('one'), await present('two'), await present('three')]).toEqual([true, false, false]);

  await write('2_second', 'CREATE TABLE two (id INT)');
  expect(await migrate(url, undefined, folder)).toEqual({ applied: ['2_second', '3_third'], already: 1 });
});

test('one that can not be recorded is not applied either', async () => {
  await write('1_first', `CREATE TABLE one (id INT); ALTER TABLE _prisma_migrations ADD CHECK (checksum = '')`);
  await expect(migrate(url, undefined, folder)).rejects.toThrow(/1_first failed and was rolled back/);
  expect(await present('one')).toBe(false);
});

test('one that Prisma began and did not finish is refused until it is marked as rolled back', async () => {
  await write('1_first', 'CREATE TABLE one (id INT)');
  await migrate(url, undefined, folder);
  await write('2_second', 'CREATE TABLE two (id INT)');
  await query(url, `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '2_second')`);
  expect((await migrationStatus(url, folder)).failed).toEqual(['2_second']);
  await expect(migrate(url, undefined, folder)).rejects.toThrow(/2_second was begun and did not finish/);
  await expect(assertMigrated(url, folder)).rejects.toThrow(/2_second was begun and did not finish/);

  await query(url, `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'`);
  expect((await migrate(url, undefined, folder)).applied).toEqual(['2_second']);
});

test("what was applied is recorded in Prisma's own table and form", async () => {
  const sql = 'CREATE TABLE one (id INT);\n-- é\n';
  await write('1_first', sql);
  await migrate(url, undefined, folder);
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
    migrating = migrate(url, undefined, folder);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await present('one')).toBe(false);
  } finally {
    await other.end();
  }
  expect((await migrating).applied).toEqual(['1_first']);
});

test('a program refuses a database that is not migrated, and one that is newer than itself', async () => {
  await expect(assertMigrated(url)).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/siaran migrate/),
  });
  await cp(ours, folder, { recursive: true });
  await migrate(url, undefined, folder);
  await expect(assertMigrated(url)).resolves.toBeUndefined();

  await write('99999999999999_later', 'CREATE TABLE later (id INT)');
  await migrate(url, undefined, folder);
  expect(await migrationStatus(url)).toEqual({ pending: [], unknown: ['99999999999999_later'], failed: [] });
  await expect(assertMigrated(url)).rejects.toThrow(/newer than this program: it has 99999999999999_later/);
  await expect(assertMigrated((sql) => query(url, sql))).rejects.toMatchObject({ code: 'MIGRATION' });
});

test('a database that does not exist is named, and a server that is away can be told from it', async () => {
  const missing = Object.assign(new URL(server), { pathname: '/nowhere' }).href;
  await expect(migrate(missing)).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringMatching(/"nowhere"/),
  });
  const away = Object.assign(new URL(server), { port: '1' }).href;
  await expect(migrate(away)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
});

test('a role whose name is that of our schema has its tables in public all the same, whenever they come', async () => {
  const role = Object.assign(new URL(url), { username: 'siaran' }).href;
  await query(server, `CREATE ROLE siaran LOGIN`);
  try {
    await query(server, `ALTER DATABASE ${database} OWNER TO siaran`);
    const all = (await migrate(role)).applied;
    await cp(ours, folder, { recursive: true });
    await write('99999999999999_later', 'CREATE TABLE later (id INT)');
    expect(await migrate(role, undefined, folder)).toEqual({ applied: ['99999999999999_later'], already: all.length });
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
    await query(server, `ALTER DATABASE ${database} OWNER TO CURRENT_USER`);
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

test('what campaigns decided before is remembered by their names, also what one fired again after another', async () => {
  const name = '20261128050000_campaign_versions';
  const before = (await readdir(ours)).filter((each) => /^\d/.test(each) && each < name);
  for (const each of before) await cp(join(ours, each), join(folder, each), { recursive: true });
  await migrate(url, undefined, folder);
  await query(
    url,
    `INSERT INTO campaigns (id, name, account, template_detail_id, separator, audience, cron, time_zone, prepare_ahead_ms, catch_up, delivery, removed_at, column_map)
     VALUES ('a', 'Weekly', 'default', 1, ',', 'sql:SELECT 1', '0 9 * * mon', 'UTC', 0, 'all', '{}', now(), '{}'),
       ('b', 'Weekly', 'default', 2, ',', 'sql:SELECT 1', '0 9 * * mon', 'UTC', 0, 'all', '{}', NULL, '{}')`,
  );
  await query(
    url,
    `INSERT INTO firings (campaign_id, at, status, decided_at)
     VALUES ('b', '2026-11-02 09:00Z', 'skipped', '2026-11-02'), ('a', '2026-11-02 09:00Z', 'skipped', '2026-11-01'), ('b', '2026-11-09 09:00Z', 'skipped', '2026-11-09')`,
  );
  await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, undefined, folder);
  expect(await query(url, 'SELECT campaign_id, name, version, repeats FROM firings ORDER BY at, decided_at')).toEqual([
    { campaign_id: 'a', name: 'Weekly', version: 1, repeats: false },
    { campaign_id: 'b', name: 'Weekly', version: 1, repeats: true },
    { campaign_id: 'b', name: 'Weekly', version: 1, repeats: false },
  ]);
});

test('runs that ended before there were notices are taken as told, and the others as not', async () => {
  const before = (await readdir(ours)).filter((name) => /^\d/.test(name) && name < '20261124050000');
  for (const name of before) await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, undefined, folder);
  await query(
    url,
    `INSERT INTO runs (id, name, account, template_detail_id, separator, sealed_at, drained_at)
     SELECT id, id, 'default', 1, ',', sealed_at, now()
     FROM (VALUES ('ended', now()), ('goes-on', now()), ('open', NULL)) AS run(id, sealed_at)`,
  );
  await query(
    url,
    `INSERT INTO batches (id, run_id, account, number, status, closed_at)
     SELECT id || '-0001', id, 'default', 1, CASE id WHEN 'ended' THEN 'failed' ELSE 'pending' END, now() FROM runs`,
  );
  await migrate(url);
  expect(await query(url, 'SELECT DISTINCT delivery FROM runs')).toEqual([{ delivery: {} }]);
  expect(await query(url, 'SELECT id FROM runs WHERE finished_at IS NOT NULL')).toEqual([{ id: 'ended' }]);
  expect(await query(url, 'SELECT 1 FROM notices')).toEqual([]);
});

/** The tables of a database as Postgres describes them. Indexes with a condition are none that Prisma can describe. */
async function tablesIn(databaseUrl: string): Promise<Record<string, Table>> {
  const tables: Record<string, Table> = {};
  const names = await query<{ name: string }>(
    databaseUrl,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  );
  for (const { name } of names) {
    const columns = await query<{ column: string; type: string; nullable: boolean; default: string | null }>(
      databaseUrl,
      `SELECT attname AS column, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable,
              regexp_replace(pg_get_expr(adbin, adrelid), '^nextval.*', 'nextval') AS default
       FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = '${name}'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
    const indexes = await query<{ name: string; primary: boolean; unique: boolean; columns: string[] }>(
      databaseUrl,
      `SELECT relname AS name, indisprimary AS primary, indisunique AS unique,
              ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS key(number, place)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place) AS columns
       FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = '${name}'::regclass AND indpred IS NULL`,
    );
    const foreignKeys = await query<{ definition: string }>(
      databaseUrl,
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = '${name}'::regclass AND contype = 'f'`,
    );
    const byName = (unique: boolean) =>
      Object.fromEntries(
        indexes
          .filter((index) => !index.primary && index.unique === unique)
          .map((index) => [index.name, index.columns]),
      );
    tables[name] = {
      columns: Object.fromEntries(columns.map(({ column, ...rest }) => [column, rest])),
      primaryKey: indexes.find((index) => index.primary)?.columns ?? [],
      unique: byName(true),
      indexes: byName(false),
      foreignKeys: foreignKeys.map(({ definition }) =>
        definition.replace(/^FOREIGN KEY \((.+?)\) REFERENCES (\w+)\((.+?)\).*$/, '$1 -> $2($3)'),
      ),
    };
  }
  return tables;
}

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function present(table: string): Promise<boolean> {
  const [row] = await query<{ present: boolean }>(url, `SELECT to_regclass('${table}') IS NOT NULL AS present`);
  return row?.present ?? false;
}

async function query<Row extends object>(databaseUrl: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
