import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { checkedRun, waitForRun } from '../../support/runs.js';
import {
  blocksOf,
  chunkAll,
  connect,
  handIn,
  handInRow,
  marksOf,
  openShop,
  rejectionsOf,
  runWithKey,
} from '../handed-in.js';

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

test('rows that can not be sent are kept with their reason, and never stop the others', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.query('SELECT siaran.enqueue($1, $2)', [
    key,
    JSON.stringify([
      handInRow('abc'),
      handInRow(phoneNumber(1)),
      { phone_number: phoneNumber(2), customer_name: 'A' },
      handInRow(phoneNumber(3), { body_variable2: 'unknown' }),
      handInRow(phoneNumber(4), { body_variable1: { a: 1 } }),
      handInRow('0812 3456 7890', { body_variable1: 'x'.repeat(990_000) }),
      handInRow('0812 3456 7891', { body_variable1: 1e20 }),
    ]),
  ]);
  const ids = (await rig.query<{ id: string }>('SELECT id FROM handed_in WHERE run_id = $1 ORDER BY id', [id])).map(
    (block) => block.id,
  );
  expect(ids).toHaveLength(1);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 7, buffered: 7, rejected: 0 });
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 2, buffered: 0, pending: 2, rejected: 5 });
  const kept = await rejectionsOf(rig, id);
  expect(kept.map(({ source, position }) => `${source} ${position}`)).toEqual([
    ...[1, 3, 4, 5, 6].map((at) => `transaction ${ids[0]} ${at}`),
  ]);
  expect(kept.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('letters'),
    expect.stringContaining('no value for the column "body_variable1"'),
    expect.stringContaining('not among'),
    expect.stringContaining('must be a string or a finite number'),
    expect.stringContaining('at most 1024'),
  ]);
  await checkedRun(rig, id);
});

test('a number comes once, whether it was buffered, handed in before, or twice in the same call', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.siaran.enqueue(id, invoices(1_000), { source: 'list' });
  await handIn(rig, client, key, [...invoices(800, 500), ...invoices(100, 1_200)]);
  await handIn(rig, client, key, invoices(50, 1_290));
  await chunkAll(rig, id);
  await handIn(rig, client, key, invoices(10));
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 1_960, pending: 1_340, duplicates: 620 });
  await checkedRun(rig, id);
});

test('a turn that fails in its transaction leaves the rows where they were', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, [...invoices(1_500), handInRow('abc')]);
  await rig.query(`
    CREATE FUNCTION app.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON batch_rows FOR EACH ROW EXECUTE FUNCTION app.fail()`);
  await expect(chunkRun(rig.ctx, id)).rejects.toThrow('disk full');
  expect(await blocksOf(rig, id)).toEqual([{ rows: 1_000 }, { rows: 501 }]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 1_501, buffered: 1_501, rejected: 0 });
  await checkedRun(rig, id);
  await rig.query('DROP TRIGGER fail ON batch_rows');
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 1_500, rejected: 1 });
});

test('the buffer comes first; what was handed in fills the turn, and goes on when there is no buffer', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.siaran.enqueue(id, invoices(4_000), { source: 'list' });
  await handIn(rig, client, key, invoices(3_000, 10_000));
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(rig, id)).toHaveLength(2);
  await rig.siaran.enqueue(id, invoices(4_500, 20_000), { source: 'more' });
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(rig, id)).toHaveLength(1);
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 11_500, buffered: 0, pending: 11_500 });
  await checkedRun(rig, id);
});

test('a short batch of a sealed run waits for what is left of the rows that were handed in', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, invoices(500, 6_000));
  await handIn(rig, client, key, invoices(6_000), () => rig.siaran.seal(id));
  await chunkRun(rig.ctx, id);
  expect(await marksOf(rig, id)).toEqual({ drained: false, finished: false });
  expect((await rig.siaran.batches(id)).map((batch) => batch.recipients)).toEqual([...Array(4).fill(1_000), 500]);
  // Nobody has to look for what is left: its turn is asked for.
  expect(await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*:chunk:${id}-handed-in-*`)).toHaveLength(1);
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.batches(id)).map((batch) => batch.recipients)).toEqual([...Array(6).fill(1_000), 500]);
  expect(await marksOf(rig, id)).toEqual({ drained: true, finished: false });
});

test('a turn holds a bounded part of rows however large they are', async () => {
  const { key, id } = await runWithKey(rig, { values: 'send' });
  const handIn = (from: number, to: number, size: number) =>
    rig.query(
      `SELECT siaran.enqueue($1, jsonb_agg(jsonb_build_object(
         'phone_number', 6281200000000 + i, 'customer_name', 'A', 'body_variable1', repeat('x', ${size}))))
       FROM generate_series(${from}, ${to}) AS i`,
      [key],
    );
  for (const from of [1, 9, 17]) await handIn(from, from + 7, 900_000);
  await handIn(25, 25, 900_000);
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 22, buffered: 3 });
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 25, buffered: 0 });
});

test('blocks that commit out of the order of their ids all come in', async () => {
  const { key, id } = await runWithKey(rig);
  const other = await connect(rig.databaseUrl);
  await other.query('BEGIN');
  await rig.siaran.enqueueIn(other, key, invoices(5));
  await handIn(rig, client, key, invoices(5, 5));
  await chunkAll(rig, id);
  await other.query('COMMIT');
  await other.end();
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 10, pending: 10 });
});

test('several chunkers at once relay each block once, and the law holds whenever it is looked at', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.siaran.enqueue(id, invoices(6_000), { source: 'list' });
  await handIn(rig, client, key, invoices(12_000, 5_000));
  let working = true;
  const looking = (async () => {
    let looks = 0;
    for (; working; looks += 1) await checkedRun(rig, id);
    return looks;
  })();
  const chunker = async () => {
    for (let turn = 0; turn < 6; turn += 1) await chunkRun(rig.ctx, id);
  };
  const handingIn = async () => {
    for (let from = 30_000; from < 31_000; from += 50)
      await handIn(rig, client, key, [...invoices(50, from), handInRow('bad')]);
  };
  await Promise.all([chunker(), chunker(), handingIn()]);
  working = false;
  expect(await looking).toBeGreaterThan(3);
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    ...{ enqueued: 19_000, buffered: 0, pending: 18_000, duplicates: 1_000, rejected: 20 },
  });
  await checkedRun(rig, id);
});

test('a source of the same name, and superseding it, changes nothing of what is handed in', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.siaran.enqueue(id, invoices(10), { source: 'transaction' });
  await handIn(rig, client, key, invoices(10, 10));
  await chunkAll(rig, id);
  await rig.siaran.enqueue(id, invoices(10, 20), { source: 'transaction' });
  await handIn(rig, client, key, invoices(10, 30));
  await chunkAll(rig, id);
  expect(await rig.siaran.run(id)).toMatchObject({
    ...{ unclosedIntakes: 0, recipients: { enqueued: 40, pending: 40, missing: 0 } },
  });
  await checkedRun(rig, id);
});

test('reconcile finds every run with rows that wait, whatever became of its hints', async () => {
  const runs = await Promise.all(Array.from({ length: 5 }, () => runWithKey(rig)));
  // The ledger takes them for drained.
  for (const { key, id } of runs)
    await handIn(rig, client, key, invoices(3), async () => {
      await rig.siaran.seal(id);
      await chunkRun(rig.ctx, id);
    });
  const keysOf = await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*`);
  if (keysOf.length > 0) await rig.redis.del(...keysOf);
  await reconcile(rig.ctx);
  const hinted = await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*:chunk:r*-tick-*`);
  for (const { id } of runs) expect(hinted.some((name) => name.includes(`:${id}-tick`))).toBe(true);
  for (const { id } of runs) await chunkAll(rig, id);
});

test('with workers: what was committed is sent within seconds, also when Redis is wiped in between', async () => {
  const { key, id } = await runWithKey(rig);
  await client.query('BEGIN');
  await client.query("INSERT INTO app.orders VALUES (99999, '62812')");
  await rig.siaran.enqueueIn(client, key, invoices(1_100, 50_000));
  await client.query('COMMIT');
  await rig.redis.del(...(await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*`)), 'nothing');
  const workers = await rig.work();
  const whole = await waitForRun(rig, id, (run) => run.recipients.scheduled === 1_000);
  expect(whole.recipients).toMatchObject({ enqueued: 1_100, missing: 0 });
  await rig.siaran.seal(id);
  await waitForRun(rig, id, (run) => run.outcome === 'handed_over');
  await workers.close();
  await checkedRun(rig, id);
});
