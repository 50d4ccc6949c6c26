import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunView } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { start } from '../../cli/siaran.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { connect, handInRow, rejectionsOf, runWithKey } from '../handed-in.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** As SQL: a row for each of these lengths of a value, numbered from 0. */
const rowsOf = (...lengths: readonly number[]) =>
  `(SELECT jsonb_agg(jsonb_build_object('phone_number', 6281210000000 + at, 'customer_name', 'A', 'body_variable1', repeat('x', length::int)) ORDER BY at)
    FROM unnest('{${lengths.join()}}'::int[]) WITH ORDINALITY AS given(length, at))`;

/** As a role does that writes to the table itself, or a version before the limits did. */
const writeDirectly = (id: string, rows: string) =>
  rig.query(
    `INSERT INTO handed_in (run_id, rows, row_count) SELECT $1, rows, jsonb_array_length(rows) FROM ${rows} AS given(rows)`,
    [id],
  );

const bytesIn = (id: string) =>
  rig.query<{ blocks: number }>('SELECT count(*)::int AS blocks FROM handed_in WHERE run_id = $1', [id]);

test('a row above 1 MB is refused by the function, and so is a call above 8 MB', async () => {
  const { key, id } = await runWithKey(rig);
  const call = (...lengths: number[]) => rig.query(`SELECT siaran.enqueue($1, ${rowsOf(...lengths)}) AS count`, [key]);
  await expect(call(10, 1_000_000, 10)).rejects.toMatchObject({
    code: 'SR400',
    message: expect.stringMatching(/^row 2 has 1,000,0\d\d bytes as JSON; a row has at most 1,000,000 \(1 MB\)\.$/),
    hint: expect.stringContaining('shorter'),
  });
  await expect(call(20_000_000)).rejects.toMatchObject({ code: 'SR400' });
  await expect(call(...Array<number>(9).fill(900_000))).rejects.toMatchObject({
    code: 'SR400',
    message: expect.stringMatching(/^rows has 8,1\d\d,\d\d\d bytes as JSON; a call has at most 8,000,000 \(8 MB\)\.$/),
    hint: expect.stringContaining('several calls'),
  });
  // Few characters that are many digits.
  await expect(
    rig.query(
      `SELECT siaran.enqueue($1, '[{"a": 1e130000, "b": 1e130000, "c": 1e130000, "d": 1e130000,
    "e": 1e130000, "f": 1e130000, "g": 1e130000, "h": 1e130000}]')`,
      [key],
    ),
  ).rejects.toMatchObject({ code: 'SR400' });
  expect(await bytesIn(id)).toEqual([{ blocks: 0 }]);
  expect(await call(999_900, 10)).toEqual([{ count: 2 }]);
  expect(await call(...Array<number>(8).fill(990_000))).toEqual([{ count: 8 }]);
});

test('enqueueIn refuses a row above 1 MB before Postgres hears of it, and splits what is above 8 MB together', async () => {
  const { key } = await runWithKey(rig);
  const row = (length: number, letter = 'x') => handInRow(phoneNumber(1), { body_variable1: letter.repeat(length) });
  const queries: number[] = [];
  const client = await connect(rig.databaseUrl);
  const tx = {
    query: async (text: string, values: unknown[]) => {
      queries.push(Buffer.byteLength(String(values[1])));
      return client.query(text, values);
    },
  };
  await client.query('BEGIN');
  await expect(rig.siaran.enqueueIn(tx, key, [row(10), row(1_000_000)])).rejects.toMatchObject({
    ...{ code: 'USAGE', message: 'Row 2 is above 1 MB as JSON.' },
  });
  await expect(rig.siaran.enqueueIn(tx, key, [row(334_000, '€')])).rejects.toMatchObject({ code: 'USAGE' });
  expect(queries).toEqual([]);
  expect(await rig.siaran.enqueueIn(tx, key, Array(12).fill(row(330_000, '€')))).toBe(12);
  await client.query('COMMIT');
  await client.end();
  // The first one asks whether there is a transaction.
  expect(queries.length).toBeGreaterThan(2);
});

test('a row of 20 million characters that stands there is rejected in Postgres, and those beside it are cut', async () => {
  const { id } = await runWithKey(rig);
  const value = `to_jsonb(repeat('"', 10_000_000))`;
  await writeDirectly(
    id,
    `(SELECT jsonb_set(rows, '{1,body_variable1}', ${value}) FROM ${rowsOf(5, 6, 7)} AS given(rows))`,
  );
  const worker = start(['worker'], { env: rig.env });
  try {
    const isCut = (run: RunView) =>
      run.recipients.buffered === 0 || worker.child.exitCode !== null || worker.child.signalCode !== null;
    await eventually(() => rig.siaran.run(id), isCut);
  } finally {
    worker.child.kill('SIGTERM');
  }
  expect(await worker.ended).toMatchObject({ code: 0 });
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 2, pending: 2, rejected: 1, buffered: 0 });
  const [kept, ...others] = await rejectionsOf(rig, id);
  expect(others).toEqual([]);
  const bytes = `{"phone_number": 6281210000002, "customer_name": "A", "body_variable1": ""}`.length + 20_000_000;
  expect(kept).toMatchObject({
    source: expect.stringMatching(/^transaction \d+$/),
    position: 2,
    reason: `the row is above 1 MB (${bytes.toLocaleString('en')} bytes as JSON)`,
  });
  expect(kept?.digest).toHaveLength(16);
  expect((await rig.siaran.verify(id)).breaches).toEqual([]);
});

test('of a block far above what the function makes, a worker reads 8 MB and rejects what is beyond', async () => {
  const { id } = await runWithKey(rig);
  await writeDirectly(id, rowsOf(...Array<number>(40).fill(900_000)));
  await chunkRun(rig.ctx, id);
  // The values themselves are too long for a message; what counts is which rows were read at all.
  const reasons = (await rejectionsOf(rig, id)).map(({ reason }) => reason);
  expect(reasons).toHaveLength(40);
  expect(reasons.slice(0, 8).filter((reason) => reason.includes('8 MB'))).toEqual([]);
  expect(new Set(reasons.slice(8))).toEqual(
    new Set(['the row stands beyond the first 8 MB of what was handed in with it']),
  );
});

test('a turn takes no more of large blocks than it may hold, whatever their rows say of their size', async () => {
  const { id } = await runWithKey(rig);
  for (let block = 0; block < 5; block += 1) await writeDirectly(id, rowsOf(...Array<number>(8).fill(900_000)));
  await chunkRun(rig.ctx, id);
  expect(await bytesIn(id)).toEqual([{ blocks: 3 }]);
});
