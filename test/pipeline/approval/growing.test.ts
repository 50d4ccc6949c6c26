import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { eventually, finished, invoices, type Rig, startRig } from '../../support/rig.js';
import { approveAs, asked, going, run, sends } from './setting.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_APPROVAL_ABOVE: '10', SIARAN_ACTOR: 'ada' } });
  await rig.work();
});
afterAll(() => rig.close());

/** Batches of the run that are cut and closed. Nothing waits for a worker's next look. */
const cut = (runId: string, count: number) =>
  eventually(
    async () => {
      await chunkRun(rig.ctx, runId);
      return rig.query('SELECT id FROM batches WHERE run_id = $1 AND closed_at IS NOT NULL', [runId]);
    },
    (batches) => batches.length === count,
  );

/** A transaction of a program with rows for a run, which it commits when it is told to. */
async function handIn(key: string, rows: ReturnType<typeof invoices>) {
  const client = new Client({ connectionString: rig.env.DATABASE_URL });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT siaran.enqueue($1, $2)', [key, JSON.stringify([...rows])]);
  return async () => {
    await client.query('COMMIT');
    await client.end();
  };
}

test('nothing of an open run goes out before it is known how many are in it', async () => {
  const before = sends(rig);
  const { id } = await rig.siaran.startRun({ ...run, flushAfter: '10ms' });
  await rig.siaran.enqueue(id, invoices(4));
  await cut(id, 1);
  await reconcile(rig.ctx);
  expect(await going(rig, id)).toEqual([]);
  const open = await rig.siaran.run(id);
  expect(open).toMatchObject({ status: 'open', held: { kind: 'approval' }, recipients: { pending: 4 } });
  expect(open.held?.reason).toContain('only once it is sealed');
  expect(sends(rig)).toBe(before);
  await rig.siaran.seal(id);
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', approval: { approvedBy: null } });
});

test('an open run may be approved as it is, and who comes later asks again', async () => {
  const { id } = await rig.siaran.startRun({ ...run, flushAfter: '10ms' });
  await rig.siaran.enqueue(id, invoices(4));
  await cut(id, 1);
  await approveAs(rig, 'bo', id);
  await eventually(
    () => rig.siaran.run(id),
    ({ recipients }) => recipients.scheduled === 4,
  );
  await rig.siaran.enqueue(id, invoices(8, 4));
  await cut(id, 2);
  expect(await going(rig, id)).toEqual([]);
  await rig.siaran.seal(id);
  await asked(rig.siaran, id);
  await approveAs(rig, 'bo', id);
  expect(await finished(rig.siaran, id)).toMatchObject({ recipients: { scheduled: 12 } });
});

test('rows of a transaction that commits after the seal ask, if with them there are too many', async () => {
  const before = sends(rig);
  const key = 'grows-after-its-seal';
  const { id } = await rig.siaran.startRun({ ...run, key });
  await rig.siaran.enqueue(id, invoices(8));
  const commit = await handIn(key, invoices(5, 8));
  await rig.siaran.seal(id);
  await finished(rig.siaran, id);
  expect(sends(rig)).toBe(before + 1);
  await commit();
  const grown = await asked(rig.siaran, id);
  expect(grown).toMatchObject({ recipients: { scheduled: 8, pending: 5 } });
  await reconcile(rig.ctx);
  expect(sends(rig)).toBe(before + 1);
  await approveAs(rig, 'bo', id);
  expect(await finished(rig.siaran, id)).toMatchObject({ recipients: { scheduled: 13 } });
});

test('who comes after the approval asks again, and the old approval is worth nothing', async () => {
  const key = 'grows-after-its-approval';
  const { id } = await rig.siaran.startRun({ ...run, key });
  await rig.siaran.enqueue(id, invoices(12));
  const commit = await handIn(key, invoices(1, 12));
  await rig.siaran.seal(id);
  await asked(rig.siaran, id);
  await rig.siaran.pause(id);
  const { state } = await rig.siaran.approval(id);
  await approveAs(rig, 'bo', id);
  await commit();
  await cut(id, 2);
  await rig.siaran.resume(id);
  expect(await asked(rig.siaran, id)).toMatchObject({ approval: { waits: true, approvedBy: 'bo' } });
  expect(await going(rig, id)).toEqual([]);
  const approver = rig.open({ SIARAN_ACTOR: 'bo' });
  await expect(approver.approve(id, state)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  await approveAs(rig, 'bo', id);
  expect(await finished(rig.siaran, id)).toMatchObject({ recipients: { scheduled: 13 } });
});

test('duplicates are no people', async () => {
  const { runId } = await rig.siaran.broadcast({ ...run, recipients: [...invoices(10), ...invoices(10)] });
  expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 10, duplicates: 10 } });
});

test('a run is told of once as it is, and again when it is another one', async () => {
  const key = 'told';
  const { id } = await rig.siaran.startRun({ ...run, key });
  await rig.siaran.enqueue(id, invoices(12));
  const commit = await handIn(key, invoices(1, 12));
  await rig.siaran.seal(id);
  await asked(rig.siaran, id);
  const told = () =>
    rig.query(`SELECT detail FROM notices WHERE event = 'hold' AND run_id = $1 ORDER BY created_at`, [id]);
  await eventually(told, ({ length }) => length === 1);
  await reconcile(rig.ctx);
  await reconcile(rig.ctx);
  const [notice, ...others] = await told();
  expect(others).toEqual([]);
  expect(notice?.detail).toEqual({
    kind: 'approval',
    reason: 'it has 12 people, more than 10, and waits until somebody other than ada has approved it',
  });
  await commit();
  expect(await eventually(told, ({ length }) => length === 2)).toMatchObject([
    {},
    { detail: { reason: expect.stringContaining('13 people') } },
  ]);
  await rig.siaran.cancel(id);
});
