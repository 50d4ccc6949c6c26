import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { findRunIds } from '../../../src/store/views/run-list.js';
import { finished, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { broadcast, chunked, december, deliver, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

describe('a first small batch', () => {
  test('goes out alone, and the rest when the run is resumed', async () => {
    await rig.work();
    const runId = await broadcast(rig, 2_500, { first: 10 });
    const waiting = await waitForRun(
      rig,
      runId,
      ({ status, batches }) => status === 'paused' && batches.scheduled === 1 && batches.pending === 3,
    );
    expect(waiting).toMatchObject({ held: { kind: 'first', until: null }, recipients: { scheduled: 10 } });
    expect(waiting.stalledSince).toBeNull();
    await rig.siaran.resume(runId);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', held: null });
    const sizes = (await rig.siaran.batches(runId)).map(({ recipients }) => recipients);
    expect(sizes).toEqual([10, 1_000, 1_000, 490]);
  });

  test('goes out alone also when its run is paused and resumed before', async () => {
    const runId = await broadcast(rig, 2_500, { first: 10 });
    await rig.siaran.pause(runId);
    await rig.siaran.resume(runId);
    await rig.work();
    await waitForRun(
      rig,
      runId,
      ({ status, batches }) => status === 'paused' && batches.scheduled === 1 && batches.pending === 3,
    );
    expect(rig.sandbox.accepted.deliveries().size).toBe(10);
  });

  test('that was uploaded and not sent yet is still the first when the balance held it', async () => {
    const runId = await broadcast(rig, 2_500, { first: 10 });
    await chunkRun(rig.ctx, runId);
    rig.sandbox.setFaults([
      { on: 'send', kind: 'http', status: 401, times: 1 },
      { on: 'upload', kind: 'low-balance', after: 1, times: 1 },
    ]);
    await deliver(rig, runId, 1);
    await deliver(rig, runId, 1, { probing: true });
    expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'balance' } });
    await rig.siaran.resume(runId);
    expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'first' } });
  });

  test('stops nothing before it is out itself, whatever was refused of it', async () => {
    rig.sandbox.setFaults([
      { on: 'upload', kind: 'http', status: 422, message: 'bad row', match: phoneNumber(3) },
      { on: 'send', kind: 'http', status: 401, times: 1 },
    ]);
    const runId = await chunked(rig, 20, { first: 10 });
    await deliver(rig, runId, 1);
    const shown = await rig.siaran.run(runId);
    expect(shown).toMatchObject({ status: 'sealed', batches: { failed: 1, uploaded: 1, pending: 1 } });
    expect(await findRunIds(rig.ctx.db, { state: 'sealed' }, 10)).toEqual([runId]);
    await deliver(rig, runId, 1, { probing: true });
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused', batches: { scheduled: 1, pending: 1 } });
    expect(await findRunIds(rig.ctx.db, { state: 'paused' }, 10)).toEqual([runId]);
  });

  test('does not stop who is still enqueueing', async () => {
    await rig.work();
    const { id } = await rig.siaran.startRun({ ...december, first: 5 });
    await rig.siaran.enqueue(id, invoices(500), { source: 'list' });
    await waitForRun(rig, id, ({ batches }) => batches.scheduled === 1);
    await rig.siaran.enqueue(id, invoices(500, 500), { source: 'more' });
    await rig.siaran.seal(id);
    await rig.siaran.resume(id);
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1_000 } });
  });
});

describe('a balance that does not cover the next batch', () => {
  test('holds the run with that reason, without a batch failing, until it is resumed', async () => {
    rig.sandbox.setFaults([{ on: 'upload', kind: 'low-balance', after: 1, times: 1 }]);
    await rig.work({ SIARAN_CONCURRENCY: '1' });
    const runId = await broadcast(rig, 4_000, {});
    const held = await waitForRun(rig, runId, (run) => run.held !== null);
    expect(held).toMatchObject({
      status: 'paused',
      held: { kind: 'balance', reason: expect.stringContaining('1000 free_session of 0'), until: null },
      batches: { failed: 0, scheduled: 1 },
    });
    const stored = await rig.query('SELECT upload_answer FROM batches WHERE number = 2 AND run_id = $1', [runId]);
    expect(stored).toMatchObject([
      { upload_answer: { current_balance: { free_session: 0 }, estimation_charge: { free_session: 1_000 } } },
    ]);
    await rig.siaran.resume(runId);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', batches: { scheduled: 4 } });
  });

  test('brings the first batch back when it was that one', async () => {
    rig.sandbox.setFaults([{ on: 'upload', kind: 'low-balance', times: 1 }]);
    await rig.work();
    const runId = await broadcast(rig, 100, { first: 10 });
    await waitForRun(rig, runId, (run) => run.held?.kind === 'balance');
    await rig.siaran.resume(runId);
    await waitForRun(
      rig,
      runId,
      (run) => run.held?.kind === 'first' && run.batches.scheduled === 1 && run.status === 'paused',
    );
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  });

  test('changes nothing when the guard is off', async () => {
    rig.sandbox.setFaults([{ on: 'upload', kind: 'low-balance' }]);
    await rig.work({ SIARAN_BALANCE_GUARD: 'off' });
    const runId = await broadcast(rig, 2_000, {});
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
  });
});
