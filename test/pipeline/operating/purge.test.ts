import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signBlock } from '../../../src/domain/runs/block-signature.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { listUnpurged, purge } from '../../../src/pipeline/operating/purge.js';
import { exportRun } from '../../../src/pipeline/views/export-run.js';
import { findBlockKey } from '../../../src/store/block-key.js';
import { runsOfNumber } from '../../../src/store/views/recipient-runs.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';

const day = 86_400_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

async function delivered(count: number, startAt?: Date): Promise<string> {
  const { runId } = await rig.siaran.broadcast({
    name: 'December',
    templateDetailId: 172,
    columns: invoiceColumns,
    recipients: invoices(count),
    ...(startAt && { startAt }),
  });
  await finished(rig.siaran, runId);
  // Noted by the chunker's next turn, which follows the seal.
  await eventually(
    () => rig.query('SELECT 1 FROM runs WHERE id = $1 AND drained_at IS NOT NULL', [runId]),
    (rows) => rows.length === 1,
  );
  return runId;
}

/** As if all that has happened to a run so far had happened so many days ago. */
async function age(runId: string, days: number): Promise<void> {
  const ago = `interval '${days} days'`;
  await rig.query(
    `UPDATE runs SET created_at = created_at - ${ago}, sealed_at = sealed_at - ${ago}, drained_at = drained_at - ${ago} WHERE id = $1`,
    [runId],
  );
  await rig.query(
    `UPDATE batches SET closed_at = closed_at - ${ago}, scheduled_at = scheduled_at - ${ago} WHERE run_id = $1`,
    [runId],
  );
}

async function purgeAll(days: number): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  for await (const { runId, recipients } of purge(rig.ctx, days * day))
    removed[runId] = (removed[runId] ?? 0) + recipients;
  return removed;
}

const contentOf = async (runId: string) => {
  const [counts] = await rig.query<{ numbers: number; rows: number }>(
    `SELECT (SELECT count(*)::int FROM recipients WHERE run_number = runs.number) AS numbers,
            (SELECT count(*)::int FROM batch_rows JOIN batches b ON b.id = batch_id WHERE b.run_id = runs.id) AS rows
     FROM runs WHERE id = $1`,
    [runId],
  );
  return counts;
};

test('removes the numbers and values of runs that ended long enough ago, and keeps everything else', async () => {
  const [old, young] = [await delivered(2_300), await delivered(10)];
  await age(old, 91);
  const [before, batches] = [await rig.siaran.run(old), await rig.siaran.batches(old)];

  expect(await purgeAll(90)).toEqual({ [old]: 2_300 });
  expect(await contentOf(old)).toEqual({ numbers: 0, rows: 0 });
  expect(await contentOf(young)).toEqual({ numbers: 10, rows: 1 });
  expect(await rig.siaran.run(old)).toEqual({ ...before, purgedAt: expect.any(String) });
  expect(await rig.siaran.batches(old)).toEqual(batches);
  expect(await rig.query('SELECT 1 FROM attempts WHERE batch_id LIKE $1', [`${old}%`])).toHaveLength(3);
  expect(await rig.siaran.verify(old)).toEqual({ runId: old, ok: true, breaches: [] });
  expect(await purgeAll(90)).toEqual({});
});

test('a purged run takes nobody any more, who could be messaged twice, and says so', async () => {
  const runId = await delivered(10);
  await age(runId, 2);
  await purgeAll(1);
  const sent = rig.sandbox.accepted.summary().recipients;
  const refusal = { code: 'RUN_PURGED', message: expect.stringContaining(`run ${runId} were removed on`) };
  await expect(rig.siaran.enqueue(runId, invoices(10), { source: 'again' })).rejects.toMatchObject(refusal);
  await expect(rig.siaran.enqueue(runId, invoices(10))).rejects.toMatchObject(refusal);
  await expect(rig.siaran.retry(runId)).rejects.toMatchObject(refusal);
  await expect(rig.siaran.retry(`${runId}-0001`)).rejects.toMatchObject(refusal);
  await expect(exportRun(rig.ctx, runId)).rejects.toMatchObject(refusal);
  expect(rig.sandbox.accepted.summary().recipients).toBe(sent);
});

test('a run with an unknown batch, and one whose broadcast is yet to begin, are left alone', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1, match: phoneNumber(0) }]);
  const { runId: unknown } = await rig.siaran.broadcast({
    name: 'unknown',
    templateDetailId: 172,
    columns: invoiceColumns,
    recipients: invoices(5),
  });
  expect(await finished(rig.siaran, unknown)).toMatchObject({ outcome: 'needs_attention' });
  rig.sandbox.setFaults([]);
  const scheduled = await delivered(5, new Date(Date.now() + 30 * day));
  for (const runId of [unknown, scheduled]) await age(runId, 400);
  expect(await purgeAll(90)).toEqual({});
  expect(await contentOf(scheduled)).toEqual({ numbers: 5, rows: 1 });
  expect(await listUnpurged(rig.ctx, 90 * day)).toEqual([unknown]);
});

test('rows of a purged run that a Redis brings back, which went back itself, are not cut', async () => {
  const runId = await delivered(10);
  await age(runId, 2);
  const { id } = (await rig.query<{ id: string }>('SELECT id FROM intakes WHERE run_id = $1', [runId]))[0] ?? {
    id: '',
  };
  await purgeAll(1);
  await rig.query('UPDATE intakes SET absorbed_to = 0 WHERE id = $1', [id]);
  await rig.ctx.buffer.refuseAll(runId);
  await rig.ctx.buffer.register(runId, { id, lastBlock: 0 }, []);
  const lines = '["6281234567890","Ani","INV-1"]';
  const block = { intakeId: id, number: 1, rows: 1, lines };
  const signature = signBlock(await findBlockKey(rig.ctx.db), runId, block);
  await rig.ctx.buffer.push(runId, { ...block, signature }, 100);
  await chunkRun(rig.ctx, runId);
  expect(await contentOf(runId)).toEqual({ numbers: 0, rows: 0 });
  expect(await rig.ctx.buffer.heads(runId)).toHaveLength(1);
  await rig.ctx.buffer.setAside(runId);
});

test('a run that is open, however quiet, and one that was retried today, are left alone', async () => {
  const { id: open } = await rig.siaran.startRun({
    ...{ name: 'trickle', templateDetailId: 172, columns: invoiceColumns, flushAfter: '1ms' },
  });
  await rig.siaran.enqueue(open, invoices(5), { source: 'list' });
  await waitForRun(rig, open, (run) => run.batches.scheduled === 1);
  rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad template' }]);
  const refused = await delivered(5);
  for (const runId of [open, refused]) await age(runId, 400);
  await rig.siaran.retry(refused);
  await finished(rig.siaran, refused);
  rig.sandbox.setFaults([]);
  expect(await purgeAll(90)).toEqual({});
  expect(await listUnpurged(rig.ctx, 90 * day)).toContain(open);
});

test('nothing is purged while the ledger may have gone back', async () => {
  await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'test')");
  await expect(purgeAll(90)).rejects.toMatchObject({ code: 'LEDGER_WENT_BACK' });
  await rig.siaran.resumeAll();
});

test('an export beside a purge does not end short without saying so', async () => {
  const runId = await delivered(2_100);
  await age(runId, 2);
  const pages = (await exportRun(rig.ctx, runId)).pages;
  expect((await pages.next()).value).toHaveLength(1_000);
  await purgeAll(1);
  await expect(pages.next()).rejects.toMatchObject({ code: 'RUN_PURGED' });
});

test('what was stopped half-way goes on where it stopped', async () => {
  const runId = await delivered(20_500);
  await age(runId, 2);
  let first = 0;
  for await (const slice of purge(rig.ctx, day)) {
    first += slice.recipients;
    if (first > 0) break;
  }
  expect(first).toBe(10_000);
  expect(await contentOf(runId)).toEqual({ numbers: 10_500, rows: 0 });
  // A number that is left there has to be found, as somebody may have to be forgotten.
  const runsOf = async (number: string) => (await runsOfNumber(rig.ctx.db, number)).map((run) => run.runId);
  expect(await runsOf(phoneNumber(20_499))).toEqual([runId]);
  expect(await isAskedForNumbers(runId)).toBe(true);
  expect(await purgeAll(1)).toEqual({ [runId]: 10_500 });
  expect(await isAskedForNumbers(runId)).toBe(false);
});

async function isAskedForNumbers(runId: string): Promise<boolean> {
  const large = 'SELECT 1 FROM large_runs JOIN runs ON number = run_number WHERE id = $1';
  return (await rig.query(large, [runId])).length === 1;
}

test('a retry and a purge of the same run at the same time: one of them finds the other', async () => {
  rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad template' }]);
  const runId = await delivered(5);
  rig.sandbox.setFaults([]);
  await age(runId, 2);
  const [purged, retried] = await Promise.allSettled([purgeAll(1), rig.siaran.retry(runId)]);
  const isPurged = purged.status === 'fulfilled' && purged.value[runId] === 5;
  const isRetried = retried.status === 'fulfilled' && retried.value.batches === 1;
  expect([isPurged, isRetried].filter(Boolean)).toHaveLength(1);
});
