import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  eventually,
  finished,
  invoiceColumns,
  invoices,
  phoneNumber,
  type Rig,
  startRig,
  sumOfRecipients,
} from '../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const december = { name: 'December invoices', templateDetailId: 172, columns: invoiceColumns };

test('every recipient is handed over once, in batches of 1,000, with its ids in the ledger', async () => {
  await rig.work();
  const startAt = new Date(Date.now() + 86_400_000);
  const { runId, accepted, rejected } = await rig.siaran.broadcast({
    ...december,
    startAt,
    recipients: invoices(2_500),
  });
  expect({ accepted, rejected }).toEqual({ accepted: 2_500, rejected: 0 });

  const run = await finished(rig.siaran, runId);
  expect(run).toMatchObject({ status: 'finished', outcome: 'handed_over', held: null, batches: { scheduled: 3 } });
  expect(run.recipients).toMatchObject({ enqueued: 2_500, scheduled: 2_500, promised: 2_500, missing: 0 });
  expect(sumOfRecipients(run)).toBe(run.recipients.enqueued);

  const batches = await rig.siaran.batches(runId);
  expect(batches.map((batch) => batch.recipients)).toEqual([1_000, 1_000, 500]);
  const jobs = rig.sandbox.accepted.jobs();
  expect(batches.map((batch) => batch.broadcastJobId).sort()).toEqual(jobs.map((job) => job.id).sort());
  expect(batches.map((batch) => batch.broadcastFileId).sort()).toEqual(jobs.map((job) => job.broadcastFileId).sort());
  for (const batch of batches) {
    const job = jobs.find(({ id }) => id === batch.broadcastJobId);
    expect(job).toMatchObject({ name: `[${batch.id}.1] December invoices`, startedAt: startAt.toISOString() });
    expect(batch).toMatchObject({ startedAt: startAt.toISOString(), attempts: 1, status: 'scheduled', error: null });
  }
  const deliveries = rig.sandbox.accepted.deliveries();
  expect(deliveries.size).toBe(2_500);
  expect(Math.max(...deliveries.values())).toBe(1);
  const stored = await rig.query('SELECT upload_answer, broadcast_job FROM batches ORDER BY number');
  expect(stored[0]).toMatchObject({
    upload_answer: { current_balance: { credits: expect.any(String) } },
    broadcast_job: { total_recipient: 1_000, id: batches[0]?.broadcastJobId },
  });
});

test('Redis keeps no rows and no queue job of a run that is over', async () => {
  await rig.work();
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(2_500) });
  await finished(rig.siaran, runId);
  const left = async () => {
    const keys = await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*`);
    return keys.filter((key) => /:(chunk|deliver):r\w{8}-/.test(key) || /:(heads|blocks)$/.test(key));
  };
  await eventually(left, (keys) => keys.length === 0);
  await rig.ctx.hints.deliver([
    { id: `${runId}-0009`, account: 'default', number: 9, claimNumber: 0, isMessage: false },
  ]);
  await eventually(left, (keys) => keys.length === 0);
});

test('the same number twice is sent once with its first values, counted, and its place is filled', async () => {
  await rig.work();
  const doubled = [
    ...invoices(700),
    ...[...invoices(700)].map((row) => ({ ...row, body_variable1: 'second' })),
    ...invoices(400, 700),
  ];
  const { runId, accepted } = await rig.siaran.broadcast({ ...december, recipients: doubled });
  expect(accepted).toBe(1_800);
  const run = await finished(rig.siaran, runId);
  expect(run.recipients).toMatchObject({ enqueued: 1_800, scheduled: 1_100, duplicates: 700 });
  expect((await rig.siaran.batches(runId)).map((batch) => batch.recipients)).toEqual([1_000, 100]);
  const csv = rig.sandbox.accepted
    .files()
    .map((file) => Buffer.from(rig.sandbox.accepted.fileText(file.id)?.bytes ?? '').toString())
    .join('');
  expect(csv).not.toContain('second');
});

test('without a start the provider is not told one', async () => {
  await rig.work();
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(3) });
  await finished(rig.siaran, runId);
  expect(rig.sandbox.accepted.jobs()[0]).toMatchObject({ startedAt: null });
});

test('a start that has passed, where that is meant, becomes a minute from now', async () => {
  await rig.work();
  const before = Date.now();
  const { runId } = await rig.siaran.broadcast({
    ...december,
    startAt: '2020-01-01T00:00:00Z',
    lateOk: true,
    recipients: invoices(3),
  });
  await finished(rig.siaran, runId);
  const told = new Date(rig.sandbox.accepted.jobs()[0]?.startedAt ?? 0).getTime();
  expect(told).toBeGreaterThanOrEqual(before + 60_000);
  expect(told).toBeLessThan(Date.now() + 61_000);
});

test('a broadcast with the same key and recipients sends nothing twice', async () => {
  await rig.work();
  const request = { ...december, key: 'december', recipients: [...invoices(1_200)] };
  const { runId } = await rig.siaran.broadcast(request);
  await finished(rig.siaran, runId);
  await expect(rig.siaran.broadcast(request)).rejects.toMatchObject({ code: 'RUN_COMPLETE', runId });
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(0))).toBe(1);
});

test('a small run is not stuck behind a large one', async () => {
  const large = await rig.siaran.broadcast({ ...december, name: 'large', recipients: invoices(40_000) });
  const small = await rig.siaran.broadcast({ ...december, name: 'small', recipients: invoices(500) });
  await rig.work({ SIARAN_CONCURRENCY: '2' });
  await finished(rig.siaran, small.runId);
  await finished(rig.siaran, large.runId);
  const order = rig.sandbox.accepted.jobs().map((job) => job.name.split('] ')[1]);
  expect(order).toHaveLength(41);
  expect(order.indexOf('small')).toBeLessThan(20);
});
