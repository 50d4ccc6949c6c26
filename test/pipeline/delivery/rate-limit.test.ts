import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { RateLimits } from '../../../src/queue/rate-limits.js';
import { viewBatches } from '../../../src/store/views/batch-views.js';
import { eventually, invoices, type Rig, startRig } from '../../support/rig.js';
import { december } from '../../support/runs.js';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_RATE_LIMIT: '4/1h' } });
});

afterEach(async () => {
  await rig.close();
});

const request = { ...december, pace: '10/1h' } as const;
const requests = () => rig.sandbox.accepted.summary().requests;

/** A run of so many batches, cut, and not delivered yet. */
async function cut(count: number, from: number): Promise<{ runId: string; batchIds: string[] }> {
  const { runId } = await rig.siaran.broadcast({ ...request, recipients: invoices(10 * count, from) });
  await chunkRun(rig.ctx, runId);
  return { runId, batchIds: (await viewBatches(rig.ctx.db, runId)).map(({ id }) => id) };
}

const waiting = async () => {
  const depths = (await rig.ctx.hints.depths()).filter(({ queue }) => queue === 'deliver');
  return depths.reduce((sum, { jobs }) => sum + jobs, 0);
};

test('two workers begin as many deliveries as the rate allows, however many had nothing to do', async () => {
  const paused = await cut(12, 0);
  await rig.siaran.pause(paused.runId);
  await rig.ctx.hints.deliver(
    paused.batchIds.map((id, at) => ({ id, account: 'default', number: at + 1, claimNumber: 7, isMessage: false })),
  );
  await Promise.all([rig.work(), rig.work()]);
  await eventually(waiting, (jobs) => jobs === 0);
  const { runId } = await rig.siaran.broadcast({ ...request, recipients: invoices(60, 1_000) });
  const counts = async () => ({ batches: (await rig.siaran.run(runId)).batches, jobs: await waiting() });
  const { batches } = await eventually(counts, (seen) => seen.batches.scheduled === 4 && seen.batches.pending === 2);
  expect(batches).toMatchObject({ scheduled: 4, pending: 2 });
  // Those that wait are there, held back by nothing but the rate.
  await eventually(waiting, (jobs) => jobs > 0);
  expect(requests()).toMatchObject({ upload: 4, send: 4 });
});

test('a delivery that asks Qiscus for nothing gives its place back, and one without a place its claim', async () => {
  const { batchIds } = await cut(6, 0);
  const deliver = (at: number, ctx = rig.ctx) => deliverBatch(ctx, batchIds[at] ?? '', { probing: false });
  const [first = ''] = batchIds;
  await rig.query("UPDATE batches SET status = 'uploaded', broadcast_file_id = 1 WHERE id = $1", [first]);
  const stopping = AbortSignal.abort();
  for (let turn = 0; turn < 5; turn += 1) expect(await deliver(0, { ...rig.ctx, stopping })).toBe('done');
  for (const at of [1, 2, 3, 4]) expect(await deliver(at)).toBe('done');
  expect(await deliver(5)).toBe('limited');
  // One that looked while there was a place, and found it taken when it had its claim.
  class Late extends RateLimits {
    override waitMs = async () => 0;
  }
  const late = new Late(rig.ctx.redis, rig.ctx.config.prefix);
  expect(await deliver(5, { ...rig.ctx, rateLimits: late })).toBe('limited');
  expect(requests()).toMatchObject({ upload: 4, send: 4 });
  expect(await rig.query('SELECT 1 FROM batches WHERE claim_token IS NOT NULL')).toEqual([]);
});

test('in no stretch of the time are there more places than the rate says', async () => {
  const limit = { max: 3, durationMs: 400 };
  const taken: number[] = [];
  const limits = [rig.ctx.rateLimits, new RateLimits(rig.redis, rig.ctx.config.prefix)];
  for (let turn = 0; taken.length < 9; turn += 1) {
    const waitMs = await limits[turn % 2]?.take('default', limit, `token-${turn}`);
    if (waitMs === 0) taken.push(performance.now());
    else await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  // What is measured here is late by the answer's way.
  const stretches = taken.slice(3).map((at, index) => at - (taken[index] ?? 0));
  expect(Math.min(...stretches)).toBeGreaterThan(350);
});
