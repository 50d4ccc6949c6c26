import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { arrayText, int8Array, isPostgresAway, openDatabase } from '../../../src/store/postgres/database.js';
import { columns, raw, type Sql, sql } from '../../../src/store/postgres/sql.js';
import { isNumberTaken } from '../../../src/store/recipients.js';
import { findRunIds } from '../../../src/store/views/run-list.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const errorOf = (work: Promise<unknown>) => work.then(() => undefined).catch((caught: unknown) => caught);
const put = (db: Sql, phoneNumber: number) =>
  db.$executeRaw`INSERT INTO recipients (run_number, batch_number, phone_number) VALUES (1, 1, ${phoneNumber})`;
const numbers = async () => {
  const rows = await rig.query<{ n: string }>('SELECT phone_number AS n FROM recipients ORDER BY phone_number');
  return rows.map(({ n }) => Number(n));
};

test('a statement whose plan depends on what it is asked is not kept by its connection', async () => {
  const db = openDatabase(rig.databaseUrl, { connections: 1, statementTimeoutMs: 5_000 });
  try {
    await findRunIds(db, { account: 'none' }, 1);
    await findRunIds(db, { name: 'none' }, 1);
    const kept = await db.$queryRaw<{ statement: string }[]>`SELECT statement FROM pg_prepared_statements`;
    const listing = kept.map(({ statement }) => statement).filter((statement) => statement.includes('FROM runs r'));
    expect(listing).toEqual([expect.stringContaining('r.account = $1')]);
  } finally {
    await db.$disconnect();
  }
});

test('values go to Postgres and come back as they were, as by Prisma', async () => {
  const at = new Date('2026-12-01T03:04:05.678Z');
  const given = [2n ** 62n + 1n, at, Buffer.from([0, 255]), ['a"b', 'c,{d}'], [true, false], 'x', null] as const;
  const [int8, time, bytes, texts, bools, text, nothing] = given;
  const ask = (db: Sql) => db.$queryRaw<object[]>`
    SELECT ${int8}::int8 AS int8, ${time}::timestamptz AS time, ${bytes}::bytea AS bytes, ${texts}::text[] AS texts,
           ${bools}::bool[] AS bools, ${text} AS text, ${nothing}::text AS nothing, 7 AS int4, '{"a": [1, "b"]}'::jsonb AS json`;
  const [[direct], [byPrisma]] = [await ask(rig.ctx.db), await ask(rig.prisma)];
  const expected = { int8, time, texts, bools, text, nothing, int4: 7, json: { a: [1, 'b'] } };
  for (const row of [direct, byPrisma]) {
    expect(row).toMatchObject(expected);
    expect([...(row as { bytes: Uint8Array }).bytes]).toEqual([0, 255]);
  }
});

test('a statement may stand in another one, with its values', async () => {
  const sum = sql`${1}::int + ${41}::int`;
  expect(
    await rig.ctx.db
      .$queryRaw`SELECT ${sum} AS sum, ${columns('max_connections at')} FROM (SELECT ${7} AS max_connections, ${'x'} AS at) AS one`,
  ).toEqual([{ sum: 42, maxConnections: '7', at: 'x' }]);
});

test('what a program has told pg to read as something else is read as ever', async () => {
  const { builtins } = pg.types;
  const given = [builtins.INT8, builtins.TIMESTAMPTZ, builtins.JSON, builtins.JSONB];
  const before = given.map((oid) => [oid, pg.types.getTypeParser(oid)] as const);
  for (const oid of given) pg.types.setTypeParser(oid, (text: string) => `the program's ${text}`);
  try {
    const at = new Date('2026-12-01T03:04:05.678Z');
    const rows = await rig.ctx.db.$queryRaw`
      SELECT 1::int8 AS int8, ${at}::timestamptz AS at, '[1]'::json AS list, '{"a": 1}'::jsonb AS json`;
    expect(rows).toEqual([{ int8: 1n, at, list: [1], json: { a: 1 } }]);
  } finally {
    for (const [oid, parser] of before) pg.types.setTypeParser(oid, parser);
  }
});

test('a transaction is committed whole, or not at all', async () => {
  await rig.ctx.db.$transaction(async (tx) => {
    expect(await put(tx, 1)).toBe(1);
    expect(await put(tx, 2)).toBe(1);
    expect(await numbers()).toEqual([]);
  });
  const fault = await errorOf(
    rig.ctx.db.$transaction(async (tx) => {
      await put(tx, 3);
      throw new Error('something else');
    }),
  );
  expect(String(fault)).toContain('something else');
  const taken = await errorOf(
    rig.ctx.db.$transaction(async (tx) => {
      await put(tx, 4);
      await put(tx, 1);
    }),
  );
  expect(isNumberTaken(taken)).toBe(true);
  expect(await numbers()).toEqual([1, 2]);
});

test('a transaction in which a statement has failed is never taken for committed', async () => {
  const work = rig.ctx.db.$transaction(async (tx) => {
    await put(tx, 5);
    await errorOf(put(tx, 1));
  });
  await expect(work).rejects.toThrow('rolled back');
  expect(await numbers()).not.toContain(5);
});

test('a transaction that took more than a minute is broken off, and is an outage', async () => {
  const now = performance.now.bind(performance);
  const work = rig.ctx.db.$transaction(async (tx) => {
    await put(tx, 8);
    // As after a machine has slept.
    performance.now = () => now() + 61_000;
    await put(tx, 9);
  });
  const fault = await errorOf(work.finally(() => Reflect.deleteProperty(performance, 'now')));
  expect(fault).toMatchObject({ message: expect.stringContaining('took more than 60000 ms') });
  expect(isPostgresAway(fault)).toBe(true);
  expect(await numbers()).not.toContain(8);
});

test('a connection that breaks is an outage, and given to nobody any more', async () => {
  const db = openDatabase(rig.ctx.config.databaseUrl, { connections: 1, statementTimeoutMs: 5_000 });
  const pidOf = async (sql: Sql) =>
    (await sql.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`)[0]?.pid ?? 0;
  let pid = 0;
  const broken = db.$transaction(async (tx) => {
    pid = await pidOf(tx);
    await rig.query('SELECT pg_terminate_backend($1)', [pid]);
    await put(tx, 7);
  });
  expect(isPostgresAway(await errorOf(broken))).toBe(true);
  const next = await pidOf(db);
  expect(next).not.toBe(pid);
  // Nobody is told of an idle connection that breaks: the process would end.
  await rig.query('SELECT pg_terminate_backend($1)', [next]);
  const last = await eventually(
    () => pidOf(db).catch(() => next),
    (seen) => seen !== next,
  );
  await db.$disconnect();
  const open = () => rig.query('SELECT pid FROM pg_stat_activity WHERE pid = $1', [last]);
  await eventually(open, (rows) => rows.length === 0);
});

test('an array of numbers in bytes is the one that its text is, also by Prisma', async () => {
  const given = ['1', '4294967295', '4294967296', '6281234567890', '999999999999999', '-4611686018427387905', '-1'];
  const ask = (db: Sql, array: unknown) =>
    db.$queryRaw<{ same: boolean; n: number }[]>`
      SELECT ${array}::bigint[] = ${arrayText(given)}::bigint[] AS same, cardinality(${array}::bigint[]) AS n`;
  for (const db of [rig.ctx.db, rig.prisma]) {
    expect(await ask(db, int8Array(given))).toEqual([{ same: true, n: given.length }]);
    expect(await ask(db, int8Array([]))).toEqual([{ same: false, n: 0 }]);
  }
  for (const none of ['', 'x', '1e5', ' 1', '1.5', '99999999999999999999']) expect(() => int8Array([none])).toThrow();
});

test("a statement that comes after its transaction is over is refused: the connection may be somebody else's", async () => {
  let late: Sql | undefined;
  await rig.ctx.db.$transaction(async (tx) => {
    late = tx;
    await put(tx, 10);
  });
  await expect(put(late as Sql, 11)).rejects.toThrow('is over');
  await expect(
    rig.ctx.db.$transaction((tx) => {
      late = tx;
      return Promise.reject(new Error('given up'));
    }),
  ).rejects.toThrow('given up');
  await expect(put(late as Sql, 11)).rejects.toThrow('is over');
  expect(await numbers()).not.toContain(11);
});

test('a statement that Postgres refuses costs no connection', async () => {
  const db = openDatabase(rig.databaseUrl, { connections: 1, statementTimeoutMs: 5_000 });
  try {
    const pid = () => db.$queryRaw`SELECT pg_backend_pid() AS pid`;
    const before = await pid();
    await expect(db.$queryRaw`SELECT 1 / 0`).rejects.toThrow('division by zero');
    expect(await pid()).toEqual(before);
  } finally {
    await db.$disconnect();
  }
});

test('a statement whose preparation is lost is prepared anew: it was not run', async () => {
  const db = openDatabase(rig.databaseUrl, { connections: 1, statementTimeoutMs: 5_000 });
  const ask = (by: Sql) => by.$queryRaw`SELECT ${11}::int AS n`;
  try {
    expect(await ask(db)).toEqual([{ n: 11 }]);
    await db.$executeRaw(raw('DEALLOCATE ALL'));
    expect(await ask(db)).toEqual([{ n: 11 }]);
    // Of a transaction nothing is repeated; the next one has another connection.
    await ask(db);
    await db.$executeRaw(raw('DEALLOCATE ALL'));
    expect(isPostgresAway(await errorOf(db.$transaction(ask)))).toBe(true);
    expect(await db.$transaction(ask)).toEqual([{ n: 11 }]);
  } finally {
    await db.$disconnect();
  }
});

test('a migration may change the type of a column that a connection has asked for', async () => {
  const db = openDatabase(rig.databaseUrl, { connections: 1, statementTimeoutMs: 5_000 });
  const ask = (by: Sql) => by.$queryRaw`SELECT n FROM widened WHERE n = ${12}`;
  try {
    await rig.query('CREATE TABLE widened AS SELECT 12 AS n');
    expect(await ask(db)).toEqual([{ n: 12 }]);
    await rig.query('ALTER TABLE widened ALTER n TYPE bigint');
    expect(await ask(db)).toEqual([{ n: 12n }]);
    await rig.query('ALTER TABLE widened ALTER n TYPE int');
    await ask(db);
    await rig.query('ALTER TABLE widened ALTER n TYPE bigint');
    await errorOf(db.$transaction(ask));
    expect(await db.$transaction(ask)).toEqual([{ n: 12n }]);
  } finally {
    await db.$disconnect();
  }
});
