import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { bulk } from '../../../src/pipeline/operating/bulk.js';
import { type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, chunked, deliver } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const tomorrow = new Date(Date.now() + 86_400_000);
const later = new Date(Date.now() + 2 * 86_400_000);
const share = (batches: number, recipients: number) => ({ batches, recipients });

/** A run whose first batches are handed over, and start later. */
async function ahead(name: string, count: number, handedOver: number, startAt = tomorrow): Promise<string> {
  const id = await chunked(rig, count, { name, startAt });
  for (let number = 1; number <= handedOver; number++) await deliver(rig, id, number);
  return id;
}

test('runs that are cancelled together tell what was handed over of them, the jobs by their starts with their runs', async () => {
  const late = await ahead('Promo late', 1_200, 1, later);
  const soon = await ahead('Promo soon', 2_100, 2);
  const other = await ahead('Invoices', 1_001, 1);
  const request = { action: 'cancel', filter: { name: 'promo' } } as const;
  const jobs = [
    { runId: soon, runName: 'Promo soon', batchId: batchIdOf(soon, 1), startedAt: tomorrow.toISOString() },
    { runId: soon, runName: 'Promo soon', batchId: batchIdOf(soon, 2), startedAt: tomorrow.toISOString() },
    { runId: late, runName: 'Promo late', batchId: batchIdOf(late, 1), startedAt: later.toISOString() },
  ].map((job) => ({ ...job, recipients: 1_000, broadcastJobId: expect.any(Number) }));
  const tooLate = { handedOver: share(3, 3_000), inFlight: share(0, 0), startsLater: share(3, 3_000), jobs };
  expect(await rig.siaran.bulk({ ...request, dryRun: true })).toMatchObject({ found: { runs: 2 }, tooLate });
  const done = await rig.siaran.bulk(request);
  expect(done).toMatchObject({ done: { runs: 2, recipients: 300 } });
  expect(done.tooLate).toEqual(tooLate);
  expect((await rig.siaran.run(other)).recipients).toMatchObject({ scheduled: 1_000, pending: 1 });
});

test('a run that fits and was handed over as a whole is not cancelled, and is told', async () => {
  const whole = await ahead('Promo whole', 3, 1);
  const part = await chunked(rig, 2, { name: 'Promo part' });
  const done = await rig.siaran.bulk({ action: 'cancel', filter: { name: 'promo' } });
  expect(done).toMatchObject({
    done: { runs: 1, recipients: 2 },
    tooLate: { handedOver: share(1, 3), startsLater: share(1, 3), jobs: [{ runId: whole, runName: 'Promo whole' }] },
  });
  expect((await rig.siaran.run(part)).recipients.cancelled).toBe(2);
  const none = await rig.siaran.bulk({ action: 'cancel', filter: { name: 'whole' } });
  expect(none).toMatchObject({ found: { runs: 0 }, done: { runs: 0 }, tooLate: { startsLater: share(1, 3) } });
});

test('a cancellation in several calls tells each run once, and what was handed over as a whole with the last', async () => {
  await ahead('Promo whole', 3, 1);
  for (const name of ['Promo a', 'Promo b', 'Promo c']) await ahead(name, 1_001, 1);
  const request = { action: 'cancel', filter: { name: 'promo' } } as const;
  const first = await bulk(rig.ctx, request, { limit: 2 });
  expect(first).toMatchObject({ left: 1, tooLate: { startsLater: share(2, 2_000) } });
  const last = await bulk(rig.ctx, request, { limit: 2 });
  expect(last).toMatchObject({ left: 0, tooLate: { startsLater: share(2, 1_003) } });
});

test('that all are cancelled is said, even if what it came too late for can not be read', async () => {
  await ahead('Promo', 1_001, 1);
  const ctx = openContext(parseConfig(rig.env));
  const closed: Promise<void>[] = [];
  const onProgress = () => closed.push(ctx.close());
  const error = await bulk(ctx, { action: 'cancel', filter: { name: 'promo' } }, { onProgress }).catch(String);
  await Promise.all(closed);
  expect(error).toMatch(/1 of 1 runs is through/);
});

test('what is sent without an answer is told as in flight; a run that refuses is not told', async () => {
  const id = await chunked(rig, 1_100, { name: 'Promo' });
  rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 500, message: 'no', times: 1 }]);
  await deliver(rig, id, 1);
  const { tooLate } = await rig.siaran.bulk({ action: 'cancel', filter: { name: 'promo' } });
  expect(tooLate).toEqual({
    ...{ handedOver: share(0, 0), inFlight: share(1, 1_000), startsLater: share(0, 0) },
    jobs: [],
  });
});

test('of more jobs than a hundred those that start first are told, and how many there are', async () => {
  const first = await ahead('Promo first', 1, 1);
  const many = await ahead('Promo many', 1, 1, later);
  await rig.query(
    `INSERT INTO batches SELECT (b).* FROM generate_series(2, 130) AS copy, LATERAL (
       SELECT jsonb_populate_record(batches, jsonb_build_object('id', run_id || '-' || lpad(copy::text, 4, '0'), 'number', copy,
         'broadcast_job_id', 900000 + copy, 'started_at', started_at + copy * interval '1 second')) AS b
       FROM batches WHERE run_id = $1 AND number = 1) AS copies`,
    [many],
  );
  const { tooLate } = await rig.siaran.bulk({ action: 'cancel', filter: { name: 'promo' } });
  expect(tooLate).toMatchObject({ handedOver: share(131, 131), startsLater: share(131, 131) });
  expect(tooLate?.jobs).toHaveLength(100);
  expect(tooLate?.jobs.map(({ batchId }) => batchId).slice(0, 3)).toEqual([
    batchIdOf(first, 1),
    batchIdOf(many, 1),
    batchIdOf(many, 2),
  ]);
});

test('runs that are resumed or retried together tell nothing of it', async () => {
  const id = await ahead('Promo', 1_100, 1);
  await rig.siaran.pause(id);
  expect(await rig.siaran.bulk({ action: 'resume', filter: { name: 'promo' } })).not.toHaveProperty('tooLate');
});
