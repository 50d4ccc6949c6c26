import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchView } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { eventually, finished, type Rig, startRig } from '../../support/rig.js';
import { broadcast, december, deliver, waitForLock, waitForRun, withClient } from '../../support/runs.js';
import { wallClock } from '../../support/wall-clock.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const startsOf = (batches: readonly BatchView[]) =>
  batches.flatMap(({ startedAt }) => (startedAt === null ? [] : [new Date(startedAt).getTime()])).sort((a, b) => a - b);

/** The most recipients that start in any 24 hours, whichever instant these begin at. */
function mostInADay(batches: readonly BatchView[]): number {
  const started = batches.map(({ startedAt, recipients }) => ({ at: new Date(startedAt ?? 0).getTime(), recipients }));
  const sums = started.map(({ at: from }) =>
    started.filter(({ at }) => at >= from && at < from + day).reduce((sum, { recipients }) => sum + recipients, 0),
  );
  return Math.max(...sums);
}

test('a pace staggers the batches, whichever worker hands them over', async () => {
  await rig.work();
  await rig.work();
  const startAt = new Date(Date.now() + day);
  const runId = await broadcast(rig, 5_000, { startAt, pace: '2000/1h' });
  await finished(rig.siaran, runId);
  const batches = await rig.siaran.batches(runId);
  expect(startsOf(batches)).toEqual([0, 1, 2, 3, 4].map((half) => startAt.getTime() + half * 30 * minute));
  expect(batches.map(({ movedBy }) => movedBy).filter((limit) => limit === 'pace')).toHaveLength(4);
  const told = rig.sandbox.accepted.jobs().map((job) => new Date(job.startedAt ?? 0).getTime());
  expect(told.sort((a, b) => a - b)).toEqual(startsOf(batches));
});

test('a pace below a batch makes smaller batches', async () => {
  await rig.work();
  const runId = await broadcast(rig, 600, { pace: '250/1h' });
  await finished(rig.siaran, runId);
  expect((await rig.siaran.batches(runId)).map(({ recipients }) => recipients)).toEqual([250, 250, 100]);
});

test('50,000 recipients keep a daily limit of 10,000 and a window from 08:00 to 20:00 in Jakarta', async () => {
  await rig.work();
  await rig.work();
  const startAt = '2028-03-06T21:30:00+07:00';
  const limits = { dailyLimit: 10_000, window: '08:00-20:00', timeZone: 'Asia/Jakarta' };
  const runId = await broadcast(rig, 50_000, { startAt, ...limits });
  await finished(rig.siaran, runId);
  const batches = await rig.siaran.batches(runId);
  expect(batches).toHaveLength(50);
  for (const { startedAt } of batches) {
    const { minute: at } = wallClock('Asia/Jakarta', new Date(startedAt ?? 0).getTime());
    expect(at).toBeGreaterThanOrEqual(8 * 60);
    expect(at).toBeLessThan(20 * 60);
  }
  expect(mostInADay(batches)).toBe(10_000);
  expect(startsOf(batches)[0]).toBe(new Date('2028-03-07T08:00:00+07:00').getTime());
  expect(startsOf(batches).at(-1)).toBe(new Date('2028-03-11T08:00:00+07:00').getTime());
  expect(rig.sandbox.accepted.deliveries().size).toBe(50_000);
});

describe('a daily limit', () => {
  const limits = { dailyLimit: 2_000, startAt: '2028-03-06T09:00:00Z' };

  test('holds over all runs that are handed over at the same time, whatever channels they name', async () => {
    await Promise.all([rig.work(), rig.work()]);
    const runIds = await Promise.all([
      broadcast(rig, 3_000, limits),
      broadcast(rig, 3_000, { ...limits, name: 'other' }, 10_000),
      broadcast(rig, 2_000, { ...limits, channelId: 535, name: 'elsewhere' }, 20_000),
    ]);
    for (const runId of runIds) await finished(rig.siaran, runId);
    const batches = await Promise.all(runIds.map((runId) => rig.siaran.batches(runId)));
    expect(mostInADay(batches.flat())).toBe(2_000);
  });

  test('counts what a run without a limit has started before, and is not kept by that run itself', async () => {
    await rig.work();
    const at = new Date(limits.startAt).getTime();
    const { startAt } = limits;
    await finished(rig.siaran, await broadcast(rig, 2_000, { startAt, name: 'unlimited' }));
    const limited = await broadcast(rig, 1_000, limits, 10_000);
    await finished(rig.siaran, limited);
    expect(startsOf(await rig.siaran.batches(limited))).toEqual([at + day]);
    const more = await broadcast(rig, 1_000, { startAt, name: 'unlimited too' }, 20_000);
    await finished(rig.siaran, more);
    expect(startsOf(await rig.siaran.batches(more))).toEqual([at]);
  });

  test('counts what nobody knows as sent, what was refused as not sent, and what was sent once too often', async () => {
    rig.sandbox.setFaults([
      { on: 'send', kind: 'close-after-accepting', times: 1 },
      { on: 'send', kind: 'http', status: 422, times: 1 },
    ]);
    await rig.work({ SIARAN_CONCURRENCY: '1' });
    const first = await broadcast(rig, 2_000, limits);
    await finished(rig.siaran, first);
    expect((await rig.siaran.batches(first)).map(({ status }) => status).sort()).toEqual(['failed', 'unknown']);
    const second = await broadcast(rig, 2_000, limits, 10_000);
    await finished(rig.siaran, second);
    const at = new Date(limits.startAt).getTime();
    expect(startsOf(await rig.siaran.batches(second))).toEqual([at, at + day]);
    await rig.siaran.retry(first);
    await finished(rig.siaran, first);
    const retried = (await rig.siaran.batches(first)).find(({ status }) => status === 'scheduled');
    expect(retried).toMatchObject({ startedAt: new Date(at + day).toISOString(), movedBy: 'dailyLimit' });
  });

  test('counts what was sent once too often twice', async () => {
    await rig.work();
    const at = new Date(limits.startAt).getTime();
    const first = await broadcast(rig, 1_000, limits);
    await finished(rig.siaran, first);
    await rig.query(
      `INSERT INTO attempts (batch_id, number, worker, broadcast_name, started_at, extra)
       SELECT id, 2, 'test', 'test', started_at, true FROM batches WHERE run_id = $1`,
      [first],
    );
    const second = await broadcast(rig, 1_000, limits, 10_000);
    await finished(rig.siaran, second);
    expect(startsOf(await rig.siaran.batches(second))).toEqual([at + day]);
  });

  test('is reserved by one at a time: who hands over waits for whoever has the portfolio', async () => {
    const runId = await broadcast(rig, 500, limits);
    await chunkRun(rig.ctx, runId);
    await withClient(rig, async (other) => {
      await other.query('BEGIN');
      await other.query("SELECT pg_advisory_xact_lock(1667329124, hashtext('default'))");
      const handingOver = deliver(rig, runId, 1);
      await waitForLock(rig);
      expect(rig.sandbox.accepted.jobs()).toEqual([]);
      await other.query('COMMIT');
      await handingOver;
      expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
    });
  });
});

describe('handing over ahead', () => {
  test('leaves what is not handed over yet to be cancelled', async () => {
    await rig.work();
    const startAt = new Date(Date.now() + hour);
    const runId = await broadcast(rig, 6_000, { startAt, pace: '1000/1h', handOver: '3h' });
    const run = await waitForRun(
      rig,
      runId,
      ({ batches, handOverAt }) => batches.scheduled === 3 && batches.uploaded === 3 && handOverAt !== null,
    );
    expect(run).toMatchObject({ status: 'sealed', stalledSince: null });
    const claims = () => rig.query('SELECT sum(claim_number) AS claims FROM batches');
    const before = await claims();
    await deliver(rig, runId, 5);
    expect(await claims()).toEqual(before);
    const nextStart = startAt.getTime() + 3 * hour;
    expect(new Date(run.handOverAt ?? 0).getTime()).toBe(nextStart - 3 * hour);
    expect(await rig.siaran.forecast(runId)).toEqual({
      files: 3,
      firstStartAt: new Date(nextStart).toISOString(),
      lastStartAt: new Date(nextStart + 2 * hour).toISOString(),
      limit: 'pace',
      tooLate: 0,
    });
    expect(await rig.siaran.cancel(runId)).toMatchObject({
      handedOver: { batches: 3 },
      inFlight: { batches: 0 },
      held: { batches: 3 },
    });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(3);
  });

  test('hands over when the time has come', async () => {
    await rig.work();
    const planned = new Date(Date.now() + hour);
    const runId = await broadcast(rig, 2_000, { startAt: planned, handOver: '65s' });
    await eventually(
      () => rig.query("SELECT 1 FROM batches WHERE status = 'uploaded' AND claim_token IS NULL"),
      (uploaded) => uploaded.length === 2,
    );
    const handOverAt = new Date(planned.getTime() - 65_000).toISOString();
    expect(await rig.siaran.run(runId)).toMatchObject({ handOverAt, batches: { uploaded: 2, scheduled: 0 } });
    // Almost an hour passes.
    const startAt = new Date(Date.now() + 66_000);
    await rig.query('UPDATE runs SET start_at = $1, hand_over_at = $2', [
      startAt,
      new Date(startAt.getTime() - 65_000),
    ]);
    await finished(rig.siaran, runId);
    const [intent] = await rig.query<{ at: Date }>('SELECT min(intended_at) AS at FROM attempts');
    expect(intent?.at.getTime()).toBeGreaterThanOrEqual(startAt.getTime() - 65_000);
    expect(startsOf(await rig.siaran.batches(runId))).toEqual([startAt.getTime(), startAt.getTime()]);
  });
});

test('a key with other limits is another run, and says what differs', async () => {
  await rig.siaran.startRun({ ...december, key: 'k', pace: '2000/1h', first: 10 });
  await expect(rig.siaran.startRun({ ...december, key: 'k', pace: '2000/1h', first: 20 })).rejects.toMatchObject({
    code: 'KEY_CONFLICT',
    differences: ['first was 10, is now 20'],
  });
  expect(await rig.siaran.startRun({ ...december, key: 'k', pace: '2000/1h', first: 10 })).toMatchObject({
    existed: true,
  });
});

test('limits that are wrong are all named', async () => {
  const wrong = { pace: '0/1h', window: '08:00-08:00', dailyLimit: 0, first: 0, tooLateAfter: 'soon' };
  await expect(rig.siaran.startRun({ ...december, ...wrong })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/pace is "0\/1h".*window is "08:00-08:00".*dailyLimit.*first is 0.*tooLateAfter/s),
  });
});
