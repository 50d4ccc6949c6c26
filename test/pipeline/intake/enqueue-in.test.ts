import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Client, Pool } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { openDatabase } from '../../../src/store/database.js';
import { noteEnds } from '../../../src/store/endings.js';
import {
  eventually,
  invoiceColumns,
  invoices,
  phoneNumber,
  type Rig,
  startRig,
  sumOfRecipients,
} from '../../support/rig.js';

let rig: Rig;
let client: Client;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  client = await connect();
  await client.query('CREATE SCHEMA app');
  await client.query('CREATE TABLE app.orders (id INT PRIMARY KEY, phone TEXT NOT NULL)');
});
afterEach(async () => void (await client.query('ROLLBACK')));
afterAll(async () => {
  await client.end();
  await rig.close();
});

let keys = 0;
/** A run of one's own, by its key and id. */
async function runWithKey(
  more: { first?: number; startAt?: Date; values?: 'send'; maxRejected?: string } = {},
): Promise<{ key: string; id: string }> {
  keys += 1;
  const key = `key ${keys}`;
  const { id } = await rig.siaran.startRun({ key, name: key, templateDetailId: 172, columns: invoiceColumns, ...more });
  return { key, id };
}

async function connect(url = rig.databaseUrl): Promise<Client> {
  const opened = new Client({ connectionString: url });
  await opened.connect();
  return opened;
}

async function committed(key: string, rows: Iterable<Record<string, string>>): Promise<number> {
  await client.query('BEGIN');
  const count = await rig.siaran.enqueueIn(client, key, rows);
  await client.query('COMMIT');
  return count;
}

/** Turns until nothing is left, as hints would bring them about. */
async function chunkAll(id: string): Promise<void> {
  await chunkRun(rig.ctx, id);
  while ((await rig.query('SELECT 1 FROM handed_in WHERE run_id = $1 LIMIT 1', [id])).length > 0)
    await chunkRun(rig.ctx, id);
}

async function isLawful(id: string): Promise<void> {
  expect((await rig.siaran.verify(id)).breaches).toEqual([]);
  const run = await rig.siaran.run(id);
  expect(sumOfRecipients(run)).toBe(run.recipients.enqueued);
}

const blocksOf = (id: string) =>
  rig.query<{ rows: number }>('SELECT row_count AS rows FROM handed_in WHERE run_id = $1 ORDER BY id', [id]);
const rejectionsOf = (id: string) =>
  rig.query<{ source: string; position: number; reason: string }>(
    'SELECT source, position, reason FROM rejections WHERE run_id = $1 ORDER BY source, position',
    [id],
  );
const row = (phone: string, more: object = {}) => ({
  phone_number: phone,
  customer_name: 'A',
  body_variable1: 'B',
  ...more,
});

test('a rollback leaves nothing, neither of the work nor of the rows', async () => {
  const { key, id } = await runWithKey();
  await client.query('BEGIN');
  await client.query("INSERT INTO app.orders VALUES (1, '62812')");
  expect(await rig.siaran.enqueueIn(client, key, invoices(1_200))).toBe(1_200);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, buffered: 0 });
  await client.query('ROLLBACK');
  await chunkRun(rig.ctx, id);
  expect(await rig.query('SELECT 1 FROM app.orders')).toEqual([]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, buffered: 0, rejected: 0, pending: 0 });
  await isLawful(id);
});

test('what was committed waits as buffered, and every row is in a batch after some turns', async () => {
  const { key, id } = await runWithKey();
  expect(await committed(key, invoices(2_500))).toBe(2_500);
  expect(await blocksOf(id)).toEqual([{ rows: 1_000 }, { rows: 1_000 }, { rows: 500 }]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 2_500, buffered: 2_500, promised: 2_500 });
  await isLawful(id);
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    ...{ enqueued: 2_500, buffered: 0, pending: 2_500, promised: 2_500, missing: 0 },
  });
  expect((await rig.siaran.batches(id)).map((batch) => batch.recipients)).toEqual([1_000, 1_000, 500]);
  expect((await rig.siaran.run(id)).unclosedIntakes).toBe(0);
  await isLawful(id);
});

test("a transaction of the caller's own Prisma client hands rows in, and takes them back with it", async () => {
  const { key, id } = await runWithKey();
  const prisma = openDatabase(rig.databaseUrl, { connections: 2, statementTimeoutMs: 20_000 });
  try {
    const handIn = (fail: boolean) =>
      prisma.$transaction(async (tx) => {
        expect(await rig.siaran.enqueueIn(tx, key, invoices(1_500))).toBe(1_500);
        if (fail) throw new Error('no');
      });
    await expect(handIn(true)).rejects.toThrow('no');
    expect(await blocksOf(id)).toEqual([]);
    await handIn(false);
    expect(await blocksOf(id)).toEqual([{ rows: 1_000 }, { rows: 500 }]);
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
  const { key, id } = await runWithKey();
  const role = `shop_${id}`;
  await rig.query(`CREATE ROLE ${role} LOGIN`);
  const shop = await connect(Object.assign(new URL(rig.databaseUrl), { username: role }).href);
  try {
    await expect(rig.siaran.enqueueIn(shop, key, invoices(1))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('GRANT USAGE ON SCHEMA siaran'),
    });
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
    expect(await blocksOf(id)).toHaveLength(3);
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
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 2_500, rejected: 0 });
  const [first] = await rig.query<{ lines: string }>(
    'SELECT lines FROM batch_rows JOIN batches b ON b.id = batch_id WHERE run_id = $1 ORDER BY b.number, first_position LIMIT 1',
    [id],
  );
  expect(first?.lines.split('\n')[0]).toBe('["6281200000001","Toko 1","1501.00"]');
  await isLawful(id);
});

test('a trigger hands rows in as the work is done', async () => {
  const { key, id } = await runWithKey();
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
  await isLawful(id);
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ buffered: 0, pending: 6_000 });
  await isLawful(id);
});

test('a number comes once, whether it was buffered, handed in before, or twice in the same call', async () => {
  const { key, id } = await runWithKey();
  await rig.siaran.enqueue(id, invoices(1_000), { source: 'list' });
  await committed(key, [...invoices(800, 500), ...invoices(100, 1_200)]);
  await committed(key, invoices(50, 1_290));
  await chunkAll(id);
  await committed(key, invoices(10));
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 1_960, pending: 1_340, duplicates: 620 });
  await isLawful(id);
});

test('rows that can not be sent are kept with their reason, and never stop the others', async () => {
  const { key, id } = await runWithKey();
  await rig.query('SELECT siaran.enqueue($1, $2)', [
    key,
    JSON.stringify([
      row('abc'),
      row(phoneNumber(1)),
      { phone_number: phoneNumber(2), customer_name: 'A' },
      row(phoneNumber(3), { body_variable2: 'unknown' }),
      row(phoneNumber(4), { body_variable1: { a: 1 } }),
      row('0812 3456 7890', { body_variable1: 'x'.repeat(990_000) }),
      row('0812 3456 7891', { body_variable1: 1e20 }),
    ]),
  ]);
  const ids = (await rig.query<{ id: string }>('SELECT id FROM handed_in WHERE run_id = $1 ORDER BY id', [id])).map(
    (block) => block.id,
  );
  expect(ids).toHaveLength(1);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 7, buffered: 7, rejected: 0 });
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 2, buffered: 0, pending: 2, rejected: 5 });
  const kept = await rejectionsOf(id);
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
  await isLawful(id);
});

test('what can not be handed in is refused before Postgres hears of it, so that the transaction goes on', async () => {
  const { key, id } = await runWithKey();
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const bad: [unknown, RegExp][] = [
    [row(phoneNumber(1), { body_variable1: 'a\0b' }), /^Row 3 .*NUL/],
    [row(phoneNumber(1), { body_variable1: 'half \ud83d' }), /^Row 3 .*surrogate/],
    [row(phoneNumber(1), { 'a\0': 'b' }), /^Row 3 .*NUL/],
    [row(phoneNumber(1), { body_variable1: 10n }), /^Row 3 .*JSON/],
    [circular, /^Row 3 .*JSON/],
    ['6281234567890', /^Row 3 is no object/],
    [null, /^Row 3 is no object/],
    [[1], /^Row 3 is no object/],
    [new Date(), /^Row 3 is no object/],
  ];
  await client.query('BEGIN');
  for (const [odd, message] of bad)
    await expect(
      rig.siaran.enqueueIn(client, key, [row(phoneNumber(7)), row(phoneNumber(8)), odd as ReturnType<typeof row>]),
    ).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
  // A backslash before `u0000` is a text like any other; so is a whole character of two halves.
  const good = { body_variable1: '\\u0000 \\\\ud800 😀', customer_name: '\\' };
  expect(await rig.siaran.enqueueIn(client, key, [row(phoneNumber(9), good)])).toBe(1);
  await client.query('COMMIT');
  expect(await blocksOf(id)).toEqual([{ rows: 1 }]);
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
  const { key, id } = await runWithKey();
  const slow = async function* () {
    yield* invoices(1_001);
  };
  await client.query('BEGIN');
  expect(await rig.siaran.enqueueIn(client, key, slow())).toBe(1_001);
  expect(await rig.siaran.enqueueIn(client, key, [])).toBe(0);
  await client.query('COMMIT');
  expect(await blocksOf(id)).toEqual([{ rows: 1_000 }, { rows: 1 }]);
  await expect(rig.siaran.enqueueIn(client, 'nobody', [])).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

const states: { name: string; code: string; reach(id: string): Promise<unknown> }[] = [
  { name: 'paused', code: 'RUN_PAUSED', reach: (id) => rig.siaran.pause(id) },
  { name: 'cancelled', code: 'RUN_CANCELLED', reach: (id) => rig.siaran.cancel(id) },
  { name: 'sealed', code: 'RUN_COMPLETE', reach: (id) => rig.siaran.seal(id) },
  {
    ...{ name: 'being prepared', code: 'RUN_PREPARING' },
    reach: (id) =>
      rig.query("UPDATE runs SET held_kind = 'preparing', held_reason = 'test', held_at = now() WHERE id = $1", [id]),
  },
  {
    ...{ name: 'purged', code: 'RUN_PURGED' },
    reach: (id) => rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [id]),
  },
  { name: 'without recipients that were sent', code: 'RUN_LOST_RECIPIENTS', reach: loseRecipients },
];

/** As `repairLedger` leaves a batch whose recipients an older ledger doesn't have. */
async function loseRecipients(id: string): Promise<void> {
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id)
     VALUES ($1 || '-0001', $1, 'default', 1, 0, 'unknown', now(), 5)`,
    [id],
  );
}

test.each(states)('a run that is $name takes none, and says so with what would be right', async ({ code, reach }) => {
  const { key, id } = await runWithKey();
  await reach(id);
  await client.query('BEGIN');
  await expect(rig.siaran.enqueueIn(client, key, invoices(1))).rejects.toMatchObject({
    ...{ code, runId: id, name: 'RunStateError', message: expect.stringContaining(id) },
  });
  await client.query('ROLLBACK');
  await expect(rig.query('SELECT siaran.enqueue($1, $2)', [key, '[]'])).rejects.toMatchObject({
    ...{ code: 'SR409', detail: `${code} ${id}`, hint: expect.stringMatching(/resume|another key/) },
  });
  expect(await blocksOf(id)).toEqual([]);
});

/** Rows that are checked now and committed once `meanwhile` has happened to the run. */
async function overtaken(key: string, rows: Iterable<Record<string, string>>, meanwhile: () => Promise<unknown>) {
  await client.query('BEGIN');
  await rig.siaran.enqueueIn(client, key, rows);
  await meanwhile();
  await client.query('COMMIT');
}

test('a pause does not wait for a transaction that is open, and what it commits is cut and waits', async () => {
  const { key, id } = await runWithKey();
  await overtaken(key, invoices(1_200), async () => {
    await rig.siaran.pause(id);
    await rig.siaran.resume(id);
    await rig.siaran.pause(id);
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'paused', recipients: { buffered: 1_200 } });
  await chunkAll(id);
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'paused', recipients: { buffered: 0, pending: 1_200 } });
  await isLawful(id);
});

test('what commits after a cancel drains into cancelled, and the run is finished only then', async () => {
  const { key, id } = await runWithKey();
  await overtaken(key, invoices(1_200), async () => {
    await rig.siaran.cancel(id);
    await chunkRun(rig.ctx, id);
    await noteEnds(rig.ctx.db);
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'cancelled', recipients: { buffered: 1_200 } });
  await chunkAll(id);
  expect(await rig.siaran.run(id)).toMatchObject({
    ...{ status: 'finished', outcome: 'cancelled', recipients: { cancelled: 1_200, buffered: 0 } },
  });
  await isLawful(id);
});

const endsTold = (id: string) => rig.query("SELECT 1 FROM notices WHERE run_id = $1 AND event = 'run.finished'", [id]);
const marksOf = async (id: string) =>
  (
    await rig.query<{ drained: boolean; finished: boolean }>(
      'SELECT drained_at IS NOT NULL AS drained, finished_at IS NOT NULL AS finished FROM runs WHERE id = $1',
      [id],
    )
  )[0];

test('what commits after the end of a sealed run goes out in one more batch, and the end is told again only then', async () => {
  const { key, id } = await runWithKey();
  await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
  await overtaken(key, invoices(20, 5), async () => {
    await rig.siaran.seal(id);
    await chunkRun(rig.ctx, id);
    await rig.query("UPDATE batches SET status = 'failed' WHERE run_id = $1", [id]);
    await noteEnds(rig.ctx.db);
    expect(await marksOf(id)).toEqual({ drained: true, finished: true });
    expect(await rig.siaran.run(id)).toMatchObject({ status: 'finished' });
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'sealed', outcome: null });
  await chunkAll(id);
  expect(await marksOf(id)).toEqual({ drained: true, finished: false });
  expect(await rig.siaran.batches(id)).toMatchObject([{ recipients: 10 }, { recipients: 15, status: 'pending' }]);
  await noteEnds(rig.ctx.db);
  expect(await endsTold(id)).toHaveLength(1);
  await rig.query("UPDATE batches SET status = 'failed' WHERE run_id = $1", [id]);
  await noteEnds(rig.ctx.db);
  expect(await endsTold(id)).toHaveLength(2);
  await isLawful(id);
});

test('no end is told, and nothing purged, while rows wait in a run that had everything', async () => {
  const { key, id } = await runWithKey();
  await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
  await overtaken(key, invoices(1, 20), async () => {
    await rig.siaran.seal(id);
    await chunkRun(rig.ctx, id);
    await rig.query("UPDATE batches SET status = 'failed' WHERE run_id = $1", [id]);
  });
  await noteEnds(rig.ctx.db);
  expect(await endsTold(id)).toEqual([]);
  await rig.query('UPDATE runs SET drained_at = NULL WHERE id = $1', [id]);
  await rig.ctx.db.$transaction(async (tx) => {
    const { markDrained } = await import('../../../src/store/runs.js');
    await markDrained(tx, id);
  });
  expect(await marksOf(id)).toEqual({ drained: false, finished: false });
  await rig.query("UPDATE runs SET drained_at = now() - interval '9 days' WHERE id = $1", [id]);
  await rig.query("UPDATE batches SET closed_at = now() - interval '9 days' WHERE run_id = $1", [id]);
  for await (const slice of purge(rig.ctx, 86_400_000)) expect(slice.runId).not.toBe(id);
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ failed: 10, pending: 1 });
});

test('what commits after a purge is kept as rejected, each row with its masked number, and messages nobody', async () => {
  const { key, id } = await runWithKey();
  await overtaken(key, [row(phoneNumber(1)), row('abc'), row(phoneNumber(2))], async () => {
    await rig.siaran.seal(id);
    await rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [id]);
  });
  await chunkAll(id);
  const purged = expect.stringMatching(/^phone_number "6281\*+\d{2,3}" came after the run's numbers had been removed/);
  expect((await rejectionsOf(id)).map(({ reason }) => reason)).toEqual([
    purged,
    expect.stringContaining('letters'),
    purged,
  ]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, buffered: 0, pending: 0, rejected: 3 });
  await isLawful(id);
});

test('what commits after the ledger has lost who was messaged is kept as rejected', async () => {
  const { key, id } = await runWithKey();
  await overtaken(key, invoices(1_500), () => loseRecipients(id));
  await chunkAll(id);
  const kept = await rejectionsOf(id);
  expect(kept).toHaveLength(1_500);
  expect(kept[0]?.reason).toContain(`${id}-0001`);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    enqueued: 0,
    buffered: 0,
    pending: 0,
    rejected: 1_500,
  });
});

test('nothing is taken while the ledger may have gone back', async () => {
  const { key, id } = await runWithKey();
  await committed(key, invoices(10));
  await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'test')");
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(id)).toHaveLength(1);
  await rig.siaran.resumeAll();
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(id)).toHaveLength(0);
});

test('a turn that fails in its transaction leaves the rows where they were', async () => {
  const { key, id } = await runWithKey();
  await committed(key, [...invoices(1_500), row('abc')]);
  await rig.query(`
    CREATE FUNCTION app.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON batch_rows FOR EACH ROW EXECUTE FUNCTION app.fail()`);
  await expect(chunkRun(rig.ctx, id)).rejects.toThrow('disk full');
  expect(await blocksOf(id)).toEqual([{ rows: 1_000 }, { rows: 501 }]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 1_501, buffered: 1_501, rejected: 0 });
  await isLawful(id);
  await rig.query('DROP TRIGGER fail ON batch_rows');
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 1_500, rejected: 1 });
});

test('the buffer comes first; what was handed in fills the turn, and goes on when there is no buffer', async () => {
  const { key, id } = await runWithKey();
  await rig.siaran.enqueue(id, invoices(4_000), { source: 'list' });
  await committed(key, invoices(3_000, 10_000));
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(id)).toHaveLength(2);
  await rig.siaran.enqueue(id, invoices(4_500, 20_000), { source: 'more' });
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(id)).toHaveLength(1);
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 11_500, buffered: 0, pending: 11_500 });
  await isLawful(id);
});

test('a short batch of a sealed run waits for what is left of the rows that were handed in', async () => {
  const { key, id } = await runWithKey();
  await committed(key, invoices(500, 6_000));
  await overtaken(key, invoices(6_000), () => rig.siaran.seal(id));
  await chunkRun(rig.ctx, id);
  expect(await marksOf(id)).toEqual({ drained: false, finished: false });
  expect((await rig.siaran.batches(id)).map((batch) => batch.recipients)).toEqual([...Array(4).fill(1_000), 500]);
  // Nobody has to look for what is left: its turn is asked for.
  expect(await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*:chunk:${id}-handed-in-*`)).toHaveLength(1);
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.batches(id)).map((batch) => batch.recipients)).toEqual([...Array(6).fill(1_000), 500]);
  expect(await marksOf(id)).toEqual({ drained: true, finished: false });
});

test('a turn holds a bounded part of rows however large they are', async () => {
  const { key, id } = await runWithKey({ values: 'send' });
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
  const { key, id } = await runWithKey();
  const other = await connect();
  await other.query('BEGIN');
  await rig.siaran.enqueueIn(other, key, invoices(5));
  await committed(key, invoices(5, 5));
  await chunkAll(id);
  await other.query('COMMIT');
  await other.end();
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 10, pending: 10 });
});

test('several chunkers at once relay each block once, and the law holds whenever it is looked at', async () => {
  const { key, id } = await runWithKey();
  await rig.siaran.enqueue(id, invoices(6_000), { source: 'list' });
  await committed(key, invoices(12_000, 5_000));
  let working = true;
  const looking = (async () => {
    let looks = 0;
    for (; working; looks += 1) await isLawful(id);
    return looks;
  })();
  const chunker = async () => {
    for (let turn = 0; turn < 6; turn += 1) await chunkRun(rig.ctx, id);
  };
  const handingIn = async () => {
    for (let from = 30_000; from < 31_000; from += 50) await committed(key, [...invoices(50, from), row('bad')]);
  };
  await Promise.all([chunker(), chunker(), handingIn()]);
  working = false;
  expect(await looking).toBeGreaterThan(3);
  await chunkAll(id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    ...{ enqueued: 19_000, buffered: 0, pending: 18_000, duplicates: 1_000, rejected: 20 },
  });
  await isLawful(id);
});

test('a source of the same name, and superseding it, changes nothing of what is handed in', async () => {
  const { key, id } = await runWithKey();
  await rig.siaran.enqueue(id, invoices(10), { source: 'transaction' });
  await committed(key, invoices(10, 10));
  await chunkAll(id);
  await rig.siaran.enqueue(id, invoices(10, 20), { source: 'transaction' });
  await committed(key, invoices(10, 30));
  await chunkAll(id);
  expect(await rig.siaran.run(id)).toMatchObject({
    ...{ unclosedIntakes: 0, recipients: { enqueued: 40, pending: 40, missing: 0 } },
  });
  await isLawful(id);
});

test('reconcile finds every run with rows that wait, whatever became of its hints', async () => {
  const runs = await Promise.all(Array.from({ length: 5 }, () => runWithKey()));
  // The ledger takes them for drained.
  for (const { key, id } of runs)
    await overtaken(key, invoices(3), async () => {
      await rig.siaran.seal(id);
      await chunkRun(rig.ctx, id);
    });
  const keysOf = await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*`);
  if (keysOf.length > 0) await rig.redis.del(...keysOf);
  await reconcile(rig.ctx);
  const hinted = await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*:chunk:r*-tick-*`);
  for (const { id } of runs) expect(hinted.some((name) => name.includes(`:${id}-tick`))).toBe(true);
  for (const { id } of runs) await chunkAll(id);
});

test('with workers: what was committed is sent within seconds, also when Redis is wiped in between', async () => {
  const { key, id } = await runWithKey();
  await client.query('BEGIN');
  await client.query("INSERT INTO app.orders VALUES (99999, '62812')");
  await rig.siaran.enqueueIn(client, key, invoices(1_100, 50_000));
  await client.query('COMMIT');
  await rig.redis.del(...(await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*`)), 'nothing');
  const workers = await rig.work();
  const whole = await eventually(
    () => rig.siaran.run(id),
    (run) => run.recipients.scheduled === 1_000,
  );
  expect(whole.recipients).toMatchObject({ enqueued: 1_100, missing: 0 });
  await rig.siaran.seal(id);
  await eventually(
    () => rig.siaran.run(id),
    (run) => run.outcome === 'handed_over',
  );
  await workers.close();
  await isLawful(id);
});

test('whoever may hand rows in can not act as Siaran by functions of its own', async () => {
  const { key } = await runWithKey();
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

test("messages are handed in up to what may go out one by one, and somebody who was left out stands in nobody's way", async () => {
  keys += 1;
  const key = `key ${keys}`;
  const template = { templateDetailId: 172, channelId: 534, templateName: 'r', namespace: 'ns', language: 'id' };
  const run = { ...template, key, name: key, columns: ['phone_number'], delivery: 'individual' } as const;
  const { id } = await rig.siaran.startRun(run);
  const numbers = (count: number, from: number) =>
    JSON.stringify(Array.from({ length: count }, (_, at) => ({ phone_number: phoneNumber(from + at) })));
  const handIn = (count: number, from: number) =>
    client.query('SELECT siaran.enqueue($1, $2)', [key, numbers(count, from)]);
  await rig.siaran.enqueue(id, [{ phone_number: phoneNumber(800_000) }]);
  await chunkRun(rig.ctx, id);
  await rig.siaran.suppress([phoneNumber(800_000)]);
  await deliverBatch(rig.ctx, `${id}-0001`, { probing: false });
  expect(await rig.siaran.run(id)).toMatchObject({ recipients: { suppressed: 1 }, batches: { cancelled: 1 } });
  await handIn(9_000, 810_000);
  await expect(handIn(1_000, 820_000)).rejects.toMatchObject({
    code: 'SR409',
    message: expect.stringContaining('10,000'),
  });
  await handIn(999, 820_000);
  await rig.siaran.startRun({ ...run, force: true });
  await handIn(2_000, 830_000);
});
