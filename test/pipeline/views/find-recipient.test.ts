import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { type ExportedRecipient, exportRun } from '../../../src/pipeline/views/export-run.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { answerMessage, delivered, individualRun, item, tell } from '../../support/statuses.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  await rig.work();
});
afterAll(() => rig.close());

const [first = '', second = '', third = ''] = [1, 2, 3].map(phoneNumber);

/** As a run has them whose numbers stood on the suppression list. */
async function suppress(runId: string, numbers: readonly string[]): Promise<void> {
  await rig.query(
    `INSERT INTO recipients (run_number, batch_number, phone_number)
     SELECT (SELECT number FROM runs WHERE id = $1), 0, number FROM unnest($2::bigint[]) AS number`,
    [runId, numbers],
  );
}

async function exported(runId: string): Promise<{ pages: number[]; rows: ExportedRecipient[] }> {
  const all: ExportedRecipient[][] = [];
  for await (const page of (await exportRun(rig.ctx, runId)).pages) all.push(page);
  return { pages: all.map((page) => page.length), rows: all.flat() };
}

test('a number is found in every run that has it, newest first, with all that is known of its message', async () => {
  const old = await delivered(rig, [first, second], 30);
  const young = await delivered(rig, [first], 2);
  await suppress(young, [second]);
  await tell(rig, item('m1', 'failed', new Date(Date.now() - 3_600_000), first, 131026));
  const [batch] = await rig.siaran.batches(young);
  expect(await rig.siaran.recipient(`0${first.slice(2, 5)}-${first.slice(5)}`)).toEqual({
    phoneNumber: first,
    suppressed: false,
    forgotten: null,
    runs: [
      {
        ...{ runId: young, name: '2 hours ago', batchId: `${young}-0001`, status: 'scheduled', startedAt: null },
        ...{ broadcastJobId: batch?.broadcastJobId, broadcastLogId: null, messageId: 'm1', deliveryStatus: 'failed' },
        ...{ code: 131026, failedAfterDelivered: false },
        notes: '131026 title of 131026',
      },
      expect.objectContaining({ runId: old, status: 'scheduled', messageId: null, deliveryStatus: null, notes: null }),
    ],
  });
  expect((await rig.siaran.recipient(second)).runs).toMatchObject([
    { runId: young, status: 'suppressed', batchId: null, broadcastJobId: null },
    { runId: old, status: 'scheduled' },
  ]);
  expect(await rig.siaran.recipient(third)).toEqual({
    phoneNumber: third,
    suppressed: false,
    forgotten: null,
    runs: [],
  });
  await tell(rig, item('m1', 'failed', new Date(), first, 131050));
  expect(await rig.siaran.recipient(first)).toMatchObject({ suppressed: true });
});

test('of several logs of a message the latest counts', async () => {
  const number = phoneNumber(50);
  const runId = await individualRun(rig, [number], 1);
  await answerMessage(rig, `${runId}-0001`, number, 10, 'failed');
  await answerMessage(rig, `${runId}-0001`, number, 20);
  const latest = { broadcastLogId: 20, deliveryStatus: 'scheduled' };
  expect((await rig.siaran.recipient(number)).runs).toMatchObject([latest]);
  await rig.query(`INSERT INTO batch_rows VALUES ($1, 1, $2)`, [`${runId}-0001`, JSON.stringify([number])]);
  expect((await exported(runId)).rows).toMatchObject([{ broadcast_log_id: 20, delivery_status: 'scheduled' }]);
});

test.each([['not a number'], ['12'], ['']])('%j is refused as no number', async (text) => {
  await expect(rig.siaran.recipient(text)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/^phone_number .*\.$/),
  });
});

test('an export has one line a recipient, with what became of each, and those who were suppressed last', async () => {
  const numbers = Array.from({ length: 1_500 }, (_, index) => phoneNumber(1_000 + index));
  const runId = await delivered(rig, numbers, 1);
  const suppressed = [phoneNumber(9_001), phoneNumber(9_002)];
  await suppress(runId, suppressed);
  await tell(rig, item('m2', 'read', new Date(), numbers[0]), item('m3', 'failed', new Date(), numbers[1_200], 131026));
  const { pages, rows } = await exported(runId);
  expect(pages).toEqual([1_000, 500, 2]);
  expect(rows.map((row) => row.phone_number)).toEqual([...numbers, ...suppressed]);
  const none = { broadcast_log_id: null, message_id: null, delivery_status: null, code: null, notes: null };
  const batch = { status: 'scheduled', started_at: null, error: null, broadcast_job_id: expect.any(Number) };
  expect(rows[0]).toEqual({
    phone_number: numbers[0],
    batch: `${runId}-0001`,
    ...batch,
    ...none,
    message_id: 'm2',
    delivery_status: 'read',
  });
  expect(rows[1]).toEqual({ phone_number: numbers[1], batch: `${runId}-0001`, ...batch, ...none });
  expect(rows[1_200]).toMatchObject({
    batch: `${runId}-0002`,
    delivery_status: 'failed',
    notes: '131026 title of 131026',
  });
  expect(rows[1_501]).toEqual({
    ...rows[1],
    phone_number: suppressed[1],
    batch: null,
    status: 'suppressed',
    broadcast_job_id: null,
  });
});

test('ten thousand batches of one are exported in pages of a thousand', async () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => phoneNumber(20_000 + index));
  const runId = await individualRun(rig, numbers, 1);
  await rig.query(
    `INSERT INTO batch_rows SELECT b.id, 1, '["' || phone_number || '"]' FROM batches b JOIN runs r ON r.id = b.run_id
    JOIN recipients ON run_number = r.number AND batch_number = b.number WHERE b.run_id = $1`,
    [runId],
  );
  const { pages, rows } = await exported(runId);
  expect(pages).toEqual(Array(10).fill(1_000));
  expect(rows.map((row) => row.phone_number)).toEqual(numbers);
});

test('a purge empties what the logs tell of persons, and a callback that comes later brings nothing of it back', async () => {
  const numbers = [phoneNumber(60), phoneNumber(61)];
  const runId = await delivered(rig, numbers, 1);
  const at = new Date(Date.now() - 1_800_000);
  await tell(rig, item('p1', 'failed', at, numbers[0], 131026), item('p2', 'sent', at, numbers[1]));
  const ago = "interval '3 days'";
  await rig.query(`UPDATE runs SET sealed_at = sealed_at - ${ago}, drained_at = drained_at - ${ago} WHERE id = $1`, [
    runId,
  ]);
  await rig.query(
    `UPDATE batches SET closed_at = closed_at - ${ago}, scheduled_at = scheduled_at - ${ago} WHERE run_id = $1`,
    [runId],
  );
  for await (const _ of purge(rig.ctx, 2 * 86_400_000));

  await tell(
    rig,
    item('p1', 'failed', new Date(at.getTime() - 1_000), numbers[0], 131026),
    item('p2', 'read', at, numbers[1]),
  );
  expect(await tell(rig, item('p3', 'sent', at, numbers[1]))).toMatchObject({ unknown: 1 });
  const logs = await rig.query(
    'SELECT message_id, shown_status(l) AS status, phone_number, notes FROM broadcast_logs l WHERE batch_id = $1 ORDER BY 1',
    [`${runId}-0001`],
  );
  const empty = { phone_number: null, notes: null };
  expect(logs).toEqual([
    { message_id: 'p1', status: 'failed', ...empty },
    { message_id: 'p2', status: 'read', ...empty },
  ]);
  expect((await rig.siaran.recipient(numbers[0] ?? '')).runs).toEqual([]);
});
