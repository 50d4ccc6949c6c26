import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Database, isPostgresAway, openDatabase } from '../../../src/store/postgres/database.js';
import { raw } from '../../../src/store/postgres/sql.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
let [pool, db]: [Pool, Database] = [undefined as never, undefined as never];
beforeAll(async () => {
  rig = await startRig();
  await rig.query('CREATE TABLE kept (n integer)');
});
afterAll(() => rig.close());
beforeEach(() => {
  pool = new Pool({ connectionString: rig.databaseUrl, max: 1 });
  db = openDatabase(pool, { connections: 1, statementTimeoutMs: 5_000 });
});
afterEach(async () => {
  await db.$disconnect();
  await pool.end();
});

const keep = (n: number) => db.$executeRaw`INSERT INTO kept VALUES (${n}::int)`;
const kept = async () => (await rig.query<{ n: number }>('SELECT n FROM kept ORDER BY n')).map(({ n }) => n);
const errorOf = (work: Promise<unknown>) => work.then(() => undefined).catch((caught: unknown) => caught);

test.each(['DISCARD ALL', 'DEALLOCATE ALL'])('a program may %s on connections that it lends', async (discarding) => {
  const ask = () => db.$queryRaw`SELECT ${7}::int AS n`;
  const askInTransaction = () => db.$transaction((tx) => tx.$queryRaw`SELECT ${7}::int AS n`);
  for (let times = 0; times < 3; times += 1) {
    expect(await askInTransaction()).toEqual([{ n: 7 }]);
    expect(await ask()).toEqual([{ n: 7 }]);
    await pool.query(discarding);
  }
});

test('what was prepared on a lent connection is used again, as long as the program leaves it there', async () => {
  for (let times = 0; times < 3; times += 1) await db.$queryRaw`SELECT ${7}::int AS "kept there"`;
  const { rows } = await pool.query("SELECT 1 FROM pg_prepared_statements WHERE statement LIKE '%kept there%'");
  expect(rows).toHaveLength(1);
});

test.each(['SELECT 1', 'SELECT 1 / 0'])(
  'what Siaran does stands, though the program has given its connection back in a transaction: %s',
  async (next) => {
    const [warned, hear] = [[] as string[], (warning: Error) => warned.push(warning.message)];
    process.on('warning', hear);
    try {
      await rig.query('TRUNCATE kept');
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query('INSERT INTO kept VALUES (1)');
      await errorOf(client.query(next));
      client.release();
      await keep(2);
      expect(await kept()).toEqual([2]);
      await eventually(
        async () => warned,
        (words) => words.some((text) => text.includes('transaction')),
      );
    } finally {
      process.off('warning', hear);
    }
  },
);

test('a connection goes back to the program without a transaction on it', async () => {
  await db.$executeRaw(raw('BEGIN'));
  const { rows } = await pool.query(
    'SELECT now() = statement_timestamp() AS "isFree", current_setting(\'timezone\') AS zone',
  );
  expect(rows).toEqual([{ isFree: true, zone: expect.any(String) }]);
});

test('a statement that the deadline of the program cuts off is an outage, and its connection is given up', async () => {
  await pool.end();
  pool = new Pool({ connectionString: rig.databaseUrl, max: 1, query_timeout: 300 });
  db = openDatabase(pool, { connections: 1, statementTimeoutMs: 5_000 });
  expect(isPostgresAway(await errorOf(db.$queryRaw`SELECT pg_sleep(2)::text`))).toBe(true);
  expect(await db.$queryRaw`SELECT ${1}::int AS n`).toEqual([{ n: 1 }]);
});
