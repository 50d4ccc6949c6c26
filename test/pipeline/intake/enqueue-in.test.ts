import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Client, Pool } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { openPrisma } from '../../support/prisma.js';
import { invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { checkedRun } from '../../support/runs.js';
import { blocksOf, chunkAll, connect, handIn, handInRow, openShop, runWithKey } from '../handed-in.js';

let rig: Rig;
let client: Client;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  client = await openShop(rig);
});
afterEach(async () => void (await client.query('ROLLBACK')));
afterAll(async () => {
  await client.end();
  await rig.close();
});

test('a rollback leaves nothing, neither of the work nor of the rows', async () => {
  const { key, id } = await runWithKey(rig);
  await client.query('BEGIN');
  await client.query("INSERT INTO app.orders VALUES (1, '62812')");
  expect(await rig.siaran.enqueueIn(client, key, invoices(1_200))).toBe(1_200);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, buffered: 0 });
  await client.query('ROLLBACK');
  await chunkRun(rig.ctx, id);
  expect(await rig.query('SELECT 1 FROM app.orders')).toEqual([]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, buffered: 0, rejected: 0, pending: 0 });
  await checkedRun(rig, id);
});

test('what was committed waits as buffered, and every row is in a batch after some turns', async () => {
  const { key, id } = await runWithKey(rig);
  expect(await handIn(rig, client, key, invoices(2_500))).toBe(2_500);
  expect(await blocksOf(rig, id)).toEqual([{ rows: 1_000 }, { rows: 1_000 }, { rows: 500 }]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 2_500, buffered: 2_500, promised: 2_500 });
  await checkedRun(rig, id);
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    ...{ enqueued: 2_500, buffered: 0, pending: 2_500, promised: 2_500, missing: 0 },
  });
  expect((await rig.siaran.batches(id)).map((batch) => batch.recipients)).toEqual([1_000, 1_000, 500]);
  expect((await rig.siaran.run(id)).unclosedIntakes).toBe(0);
  await checkedRun(rig, id);
});

test("a transaction of the caller's own Prisma client hands rows in, and takes them back with it", async () => {
  const { key, id } = await runWithKey(rig);
  const prisma = openPrisma(rig.databaseUrl);
  try {
    const handIn = (fail: boolean) =>
      prisma.$transaction(async (tx) => {
        expect(await rig.siaran.enqueueIn(tx, key, invoices(1_500))).toBe(1_500);
        if (fail) throw new Error('no');
      });
    await expect(handIn(true)).rejects.toThrow('no');
    expect(await blocksOf(rig, id)).toEqual([]);
    await handIn(false);
    expect(await blocksOf(rig, id)).toEqual([{ rows: 1_000 }, { rows: 500 }]);
    await expect(rig.siaran.enqueueIn(prisma as never, key, invoices(1))).rejects.toMatchObject({ code: 'USAGE' });

    await rig.siaran.pause(id);
    await expect(handIn(false)).rejects.toMatchObject({ code: 'RUN_PAUSED', runId: id, name: 'RunStateError' });
    const unknown = prisma.$transaction((tx) => rig.siaran.enqueueIn(tx, 'nobody', invoices(1)));
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('"nobody"') });
  } finally {
    await prisma.$disconnect();
  }
});

test('plain SQL hands rows in as a role that has USAGE on the schema and nothing else', async () => {
  const { key, id } = await runWithKey(rig);
  const role = `shop_${id}`;
  await rig.query(`CREATE ROLE ${role} LOGIN`);
  const shop = await connect(Object.assign(new URL(rig.databaseUrl), { username: role }).href);
  try {
    await shop.query('BEGIN');
    await expect(rig.siaran.enqueueIn(shop, key, invoices(1))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('GRANT USAGE ON SCHEMA siaran'),
    });
    await shop.query('ROLLBACK');
    await rig.query(`GRANT USAGE ON SCHEMA siaran TO ${role}`);
    // What stands first in the caller's own path, and what is temporary of it, must not be taken for Siaran's tables.
    await shop.query('CREATE TEMP TABLE runs AS SELECT 1 AS id');
    await shop.query('CREATE TEMP TABLE handed_in AS SELECT 1 AS id');
    const { rows } = await shop.query(
      `SELECT siaran.enqueue($1, jsonb_agg(to_jsonb(t))) AS count FROM (
         SELECT 6281200000000 + i AS phone_number, 'Toko ' || i AS customer_name, 1500.00 + i AS body_variable1
         FROM generate_series(1, 2500) AS i) AS t`,
      [key],
    );
    expect(rows).toEqual([{ count: 2_500 }]);
    expect(await blocksOf(rig, id)).toHaveLength(3);
    for (const sql of ['SELECT 1 FROM public.handed_in', 'SELECT 1 FROM public.runs', 'DELETE FROM public.handed_in'])
      await expect(shop.query(sql)).rejects.toMatchObject({ code: '42501' });
    const nothing = await shop.query(
      'SELECT siaran.enqueue($1, jsonb_agg(to_jsonb(t))) AS count FROM (SELECT 1 WHERE false) AS t',
      [key],
    );
    expect(nothing.rows).toEqual([{ count: 0 }]);
  } finally {
    await shop.end();
    await rig.query(`DROP OWNED BY ${role}`);
    await rig.query(`DROP ROLE ${role}`);
  }
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 2_500, rejected: 0 });
  const [first] = await rig.query<{ lines: string }>(
    'SELECT lines FROM batch_rows JOIN batches b ON b.id = batch_id WHERE run_id = $1 ORDER BY b.number, first_position LIMIT 1',
    [id],
  );
  expect(first?.lines.split('\n')[0]).toBe('["6281200000001","Toko 1","1501.00"]');
  await checkedRun(rig, id);
});

test('whoever may hand rows in can not act as Siaran by functions of its own', async () => {
  const { key } = await runWithKey(rig);
  const role = `shop_${Date.now()}`;
  await rig.query(`CREATE ROLE ${role} LOGIN`);
  await rig.query(`GRANT USAGE ON SCHEMA siaran TO ${role}`);
  await rig.query(`GRANT CREATE, USAGE ON SCHEMA public TO ${role}`);
  const shop = await connect(Object.assign(new URL(rig.databaseUrl), { username: role }).href);
  try {
    await shop.query('CREATE TABLE public.loot (who text)');
    await shop.query('GRANT ALL ON public.loot TO PUBLIC');
    const take = 'INSERT INTO public.loot SELECT current_user';
    // Each fits a call in the function better than Postgres's own, if it were found.
    const bait = [
      'public.div(a numeric, b integer) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN %; RETURN pg_catalog.div(a, b); END $$',
      'public.length(a text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN %; RETURN pg_catalog.length(a); END $$',
      'public.jsonb_array_length(a jsonb) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN %; RETURN pg_catalog.jsonb_array_length(a); END $$',
      'public.cat(a text, b bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN %; RETURN pg_catalog.concat(a, b); END $$',
    ];
    for (const declared of bait) await shop.query(`CREATE FUNCTION ${declared.replace('%', take)}`);
    await shop.query('CREATE OPERATOR public.|| (LEFTARG = text, RIGHTARG = bigint, FUNCTION = public.cat)');
    await shop.query('CREATE TEMPORARY TABLE runs (key text, id text)');
    await shop.query('SELECT siaran.enqueue($1, $2)', [key, JSON.stringify([...invoices(2, 700_000)])]);
    await expect(shop.query('SELECT siaran.enqueue($1, $2)', [key, '[1]'])).rejects.toMatchObject({ code: 'SR400' });
    expect((await shop.query('SELECT * FROM public.loot')).rows).toEqual([]);
  } finally {
    await shop.end();
    await rig.query(`DROP OWNED BY ${role}`);
    await rig.query(`DROP ROLE ${role}`);
  }
});

test('a trigger hands rows in as the work is done', async () => {
  const { key, id } = await runWithKey(rig);
  await client.query(`
    CREATE FUNCTION app.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM siaran.enqueue('${key}', jsonb_build_array(jsonb_build_object(
        'phone_number', NEW.phone, 'customer_name', 'A', 'body_variable1', NEW.id)));
      RETURN NULL;
    END $$;
    CREATE TRIGGER tell AFTER INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.tell()`);
  await client.query('INSERT INTO app.orders SELECT i, (6281200000000 + i)::text FROM generate_series(1, 6000) AS i');
  await client.query('DROP TRIGGER tell ON app.orders');
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 6_000, buffered: 1_000, pending: 5_000 });
  await checkedRun(rig, id);
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ buffered: 0, pending: 6_000 });
  await checkedRun(rig, id);
});

test('what can not be handed in is refused before Postgres hears of it, so that the transaction goes on', async () => {
  const { key, id } = await runWithKey(rig);
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const bad: [unknown, RegExp][] = [
    [handInRow(phoneNumber(1), { body_variable1: 'a\0b' }), /^Row 3 .*NUL/],
    [handInRow(phoneNumber(1), { body_variable1: 'half \ud83d' }), /^Row 3 .*surrogate/],
    [handInRow(phoneNumber(1), { 'a\0': 'b' }), /^Row 3 .*NUL/],
    [handInRow(phoneNumber(1), { body_variable1: 10n }), /^Row 3 .*JSON/],
    [circular, /^Row 3 .*JSON/],
    ['6281234567890', /^Row 3 is no object/],
    [null, /^Row 3 is no object/],
    [[1], /^Row 3 is no object/],
    [new Date(), /^Row 3 is no object/],
  ];
  await client.query('BEGIN');
  for (const [odd, message] of bad)
    await expect(
      rig.siaran.enqueueIn(client, key, [
        handInRow(phoneNumber(7)),
        handInRow(phoneNumber(8)),
        odd as ReturnType<typeof handInRow>,
      ]),
    ).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
  // A backslash before `u0000` is a text like any other; so is a whole character of two halves.
  const good = { body_variable1: '\\u0000 \\\\ud800 😀', customer_name: '\\' };
  expect(await rig.siaran.enqueueIn(client, key, [handInRow(phoneNumber(9), good)])).toBe(1);
  await client.query('COMMIT');
  expect(await blocksOf(rig, id)).toEqual([{ rows: 1 }]);
  const pool = new Pool({ connectionString: rig.databaseUrl });
  // @ts-expect-error a pool is no transaction
  await expect(rig.siaran.enqueueIn(pool, key, invoices(1))).rejects.toMatchObject({
    ...{ code: 'USAGE', message: expect.stringContaining('pool') },
  });
  // @ts-expect-error a column that isn't among those that were named
  const misspelt = () => rig.siaran.enqueueIn<'phone_number'>(client, key, [{ phone: '6281234567890' }]);
  expect(misspelt).toBeInstanceOf(Function);
  for (const tx of [{}, null, 'tx'])
    await expect(rig.siaran.enqueueIn(tx as never, key, invoices(1))).rejects.toMatchObject({ code: 'USAGE' });
  await pool.end();
  await expect(rig.siaran.enqueueIn(client, '', invoices(1))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(rig.siaran.enqueueIn(client, key, 5 as never)).rejects.toMatchObject({ code: 'USAGE' });
  for (const rows of ['{"a": 1}', '[{}, 5]', '"x"', 'null'])
    await expect(rig.query('SELECT siaran.enqueue($1, $2)', [key, rows])).rejects.toMatchObject({ code: 'SR400' });
});

test('rows may come from an async iterable, and none at all still asks whether the run takes any', async () => {
  const { key, id } = await runWithKey(rig);
  const slow = async function* () {
    yield* invoices(1_001);
  };
  await client.query('BEGIN');
  expect(await rig.siaran.enqueueIn(client, key, slow())).toBe(1_001);
  expect(await rig.siaran.enqueueIn(client, key, [])).toBe(0);
  await client.query('COMMIT');
  expect(await blocksOf(rig, id)).toEqual([{ rows: 1_000 }, { rows: 1 }]);
  await client.query('BEGIN');
  await expect(rig.siaran.enqueueIn(client, 'nobody', [])).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
