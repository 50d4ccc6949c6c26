import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { markNumbers } from '../../src/store/large-runs.js';
import type { Sql } from '../../src/store/postgres/sql.js';
import { runsOfNumber } from '../../src/store/views/recipient-runs.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../support/rig.js';

let rig: Rig;
let runId: string;
const late = phoneNumber(1_100);
const stranger = phoneNumber(900_000);

beforeAll(async () => {
  rig = await startRig();
  const workers = await rig.work();
  runId = (await rig.siaran.startRun({ name: 'January', templateDetailId: 172, columns: invoiceColumns })).id;
  await rig.siaran.enqueue(runId as never, invoices(1_200));
  await rig.siaran.seal(runId);
  await finished(rig.siaran, runId);
  await eventually(
    () => rig.query('SELECT 1 FROM runs WHERE finished_at IS NOT NULL'),
    ({ length }) => length === 1,
  );
  await workers.close();
});
afterAll(() => rig.close());

const found = async (number: string) => (await runsOfNumber(rig.ctx.db, number)).map(({ batchId }) => batchId);
const asked = async (number: string) =>
  (await rig.query('SELECT 1 FROM large_runs WHERE may_have(large_runs, $1)', [number])).length;
const unmark = () => rig.query('UPDATE large_runs SET marks = NULL');

const addBatch = (tx: Sql, number: number) => tx.$executeRaw`
  INSERT INTO batches (id, run_id, account, number, size, status, opened_at, closed_at)
  SELECT id || '-' || ${number}::int, id, account, ${number}, 1, 'cancelled', now(), now() FROM runs`;
const addRecipient = (tx: Sql, batch: number, phone: string) => tx.$executeRaw`
  INSERT INTO recipients (run_number, batch_number, phone_number) SELECT number, ${batch}, ${phone}::bigint FROM runs`;

test('a run that has ended is not asked for a number that it has not, and asked for each that it has', async () => {
  await unmark();
  expect(await asked(stranger)).toBe(1);
  expect(await markNumbers(rig.ctx.db)).toBe(1);
  expect(await markNumbers(rig.ctx.db)).toBe(0);
  expect(await asked(stranger)).toBe(0);
  for (let n = 0; n < 1_200; n += 1) expect([n, await asked(phoneNumber(n))]).toEqual([n, 1]);
  expect(await found(late)).toEqual([`${runId}-0002`]);
  expect(await found(stranger)).toEqual([]);
});

test('one that goes on is asked for every number', async () => {
  await unmark();
  await rig.query('UPDATE runs SET finished_at = NULL');
  expect(await markNumbers(rig.ctx.db)).toBe(0);
  await rig.query('UPDATE runs SET finished_at = now()');
  await rig.query('UPDATE batches SET status = $1, closed_at = NULL WHERE number = 2', ['pending']);
  expect(await markNumbers(rig.ctx.db)).toBe(0);
  await rig.query('UPDATE batches SET status = $1, closed_at = now() WHERE number = 2', ['cancelled']);
  expect(await markNumbers(rig.ctx.db)).toBe(1);
});

test('a number that comes after the marks is found', async () => {
  await rig.ctx.db.$transaction(async (tx) => {
    await addBatch(tx, 3);
    await addRecipient(tx, 3, stranger);
  });
  expect(await found(stranger)).toEqual([`${runId}-3`]);
  expect(await markNumbers(rig.ctx.db)).toBe(1);
  expect(await found(stranger)).toEqual([`${runId}-3`]);
});

test('a number that is not committed yet keeps its run from being marked', async () => {
  const other = phoneNumber(900_001);
  await unmark();
  let marking: Promise<number> | undefined;
  await rig.ctx.db.$transaction(async (tx) => {
    await addBatch(tx, 4);
    marking = markNumbers(rig.ctx.db);
    await sleep(200);
    await addRecipient(tx, 4, other);
  });
  expect(await marking).toBe(0);
  expect(await markNumbers(rig.ctx.db)).toBe(1);
  expect(await found(other)).toEqual([`${runId}-4`]);
});

test('somebody who is forgotten is found by the digest', async () => {
  const digest = -123_456_789n;
  expect(await asked(String(digest))).toBe(0);
  await rig.query('UPDATE recipients SET phone_number = $1 WHERE phone_number = $2', [digest, late]);
  expect(await found(String(digest))).toEqual([`${runId}-0002`]);
  expect(await markNumbers(rig.ctx.db)).toBe(1);
  expect(await found(String(digest))).toEqual([`${runId}-0002`]);
  expect(await asked(late)).toBe(0);
});

test('of a run with very many numbers every bit is set', async () => {
  await unmark();
  await rig.query(`
    INSERT INTO recipients (run_number, batch_number, phone_number)
    SELECT number, 3, n FROM runs CROSS JOIN generate_series(1, 50000) AS n`);
  expect(await markNumbers(rig.ctx.db)).toBe(1);
  expect(await asked(phoneNumber(777_777))).toBe(1);
});
