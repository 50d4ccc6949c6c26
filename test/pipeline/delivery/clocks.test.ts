import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Pulse } from '../../../src/monitoring/health.js';
import { mayBegin } from '../../../src/pipeline/check-ledger.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { intendSend } from '../../../src/store/attempts.js';
import { claimBatch } from '../../../src/store/claims.js';
import { startReconcileTimer } from '../../../workers/reconcile-timer.js';
import { run } from '../../cli/siaran.js';
import { eventually, invoices, type Rig, startRig } from '../../support/rig.js';
import { december } from '../../support/runs.js';
import { shiftClock, shiftedClock } from './shifted-clock.js';

const [hour, minute] = [3_600_000, 60_000];
const hello = {
  ...{ phoneNumber: '6281234567890', templateDetailId: 172, channelId: 534 },
  ...{ templateName: 'hello', namespace: 'n', language: 'id' },
};
let rig: Rig;
let clock: { restore(): void } | undefined;

beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  clock?.restore();
  clock = undefined;
  await rig.close();
});

type Started = { status: string; startedAt: string | null; movedBy: string | null; error: string | null };

/** Delivers a run's only batch on a machine whose clock is off by so much. */
async function deliverOffBy(ms: number, settings: object): Promise<Started> {
  const { id } = await rig.siaran.startRun({ ...december, ...settings });
  await rig.siaran.enqueue(id, invoices(3));
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  clock = shiftClock(ms);
  await deliverBatch(rig.ctx, `${id}-0001`, { probing: false });
  clock.restore();
  const [batch] = await rig.siaran.batches(id);
  if (!batch) throw new Error('there is no batch');
  return batch;
}

test.each([2 * hour, -2 * hour])('a clock that is off by %d ms moves no start', async (offMs) => {
  const startAt = new Date(Date.now() + 30 * minute);
  // The stand-in for Qiscus has this machine's clock too, and may find that the start has passed.
  expect(await deliverOffBy(offMs, { startAt, tooLateAfter: '1h' })).toMatchObject({
    startedAt: startAt.toISOString(),
    movedBy: null,
  });
});

test('a clock that is behind makes nothing punctual that is too late', async () => {
  const startAt = new Date(Date.now() - hour);
  const batch = await deliverOffBy(-2 * hour, { startAt, lateOk: true, tooLateAfter: '30m' });
  expect(batch).toMatchObject({ status: 'failed', error: expect.stringContaining('too late') });
});

test("an intent whose start was decided by another clock than Postgres's doesn't stand", async () => {
  const { batchId } = await rig.siaran.sendMessage({ ...hello, wait: '1ms' });
  const claim = await claimBatch(rig.ctx.db, {
    ...{ batchId, accounts: ['default'], token: randomUUID(), ttlMs: 60_000, probing: false },
  });
  if (!claim) throw new Error('there is no claim');
  const intent = { worker: 'w', startedAt: null, movedBy: null, ttlMs: 60_000 };
  for (const offMs of [minute, -minute])
    expect(await intendSend(rig.ctx.db, claim, { ...intent, decidedAt: new Date(Date.now() + offMs) })).toBeUndefined();
  clock = shiftClock(2 * hour);
  expect(await intendSend(rig.ctx.db, claim, intent)).toMatchObject({ number: 1 });
});

test("a campaign counts from Postgres's now on, and a firing is decided then", async () => {
  clock = shiftClock(2 * hour);
  const campaign = { name: 'Daily', templateDetailId: 172, columns: ['phone_number'] as const, timeZone: 'UTC' };
  await rig.siaran.addCampaign({ ...campaign, audience: "sql:SELECT '1' AS phone_number", schedule: '0 9 * * *' });
  await rig.siaran.fireCampaign('Daily');
  clock.restore();
  const off = 'abs(extract(epoch FROM clock_timestamp() - %))::int < 60';
  expect(await rig.query(`SELECT ${off.replace('%', 'decided_until')} AS same FROM campaigns`)).toEqual([
    { same: true },
  ]);
  expect(await rig.query(`SELECT ${off.replace('%', 'decided_at')} AS same FROM firings`)).toEqual([{ same: true }]);
});

test('workers at work are told apart by a clock that they share', async () => {
  clock = shiftClock(-2 * hour);
  await rig.ctx.heartbeats.beat('behind', ['default']);
  clock.restore();
  expect(await rig.ctx.heartbeats.alive()).toEqual(['behind']);
  expect(await rig.ctx.heartbeats.servedAccounts()).toEqual(['default']);
});

test('a worker whose clock goes wrong begins nothing until it is right again', async () => {
  const { batchId } = await rig.siaran.sendMessage({ ...hello, wait: '1ms' });
  clock = shiftClock(-2 * minute);
  const passes = startReconcileTimer(rig.ctx, new Pulse());
  try {
    await eventually(
      async () => rig.ctx.clock.isOff,
      (isOff) => isOff,
    );
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await mayBegin(rig.ctx)).toBe(false);
    expect(await rig.query('SELECT claim_number FROM batches')).toEqual([{ claim_number: 0 }]);
    expect(await rig.ctx.heartbeats.alive()).toEqual([]);
    clock.restore();
    await eventually(
      () => rig.ctx.heartbeats.alive(),
      (alive) => alive.length === 1,
    );
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await rig.query('SELECT status FROM batches')).toEqual([{ status: 'scheduled' }]);
  } finally {
    await passes.close();
  }
});

test('a worker two hours ahead refuses to start, with the figure, and doctor finds it', async () => {
  const figure = /^The clock of this machine \(.+\) is (2 h 0 min|1 h 59 min) \d+ s ahead of Postgres's\./;
  clock = shiftClock(2 * hour);
  await expect(rig.work()).rejects.toMatchObject({ code: 'CLOCK_OFF', message: expect.stringMatching(figure) });
  clock.restore();
  const doctor = await run(['doctor', '--json'], { env: { ...rig.env, NODE_OPTIONS: shiftedClock(2 * hour) } });
  const checks = JSON.parse(doctor.stdout) as { check: string }[];
  expect(checks.find(({ check }) => check === 'Clock')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(figure),
    todo: expect.stringContaining('NTP'),
  });
});
