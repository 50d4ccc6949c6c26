import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { writeHold } from '../../../src/pipeline/delivery/hold.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import type { Receiver } from '../../support/receiver.js';
import { invoices, type Rig } from '../../support/rig.js';
import { chunked, december, deliver } from '../../support/runs.js';
import { ended, startNotifiedRig, tell } from './notified-rig.js';

let rig: Rig;
let receiver: Receiver;
beforeEach(async () => {
  ({ rig, receiver } = await startNotifiedRig());
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

describe('the end of a run', () => {
  const ends = async () => {
    await reconcile(rig.ctx);
    await tell(rig);
    return receiver.of('run.finished').map(({ body }) => body.run?.outcome);
  };

  test('is told when its last batch is settled, not before, and once', async () => {
    const runId = await chunked(rig, 1_010);
    await deliver(rig, runId, 1);
    expect(await ends()).toEqual([]);
    await deliver(rig, runId, 2);
    expect(await ends()).toEqual(['handed_over']);
    expect(await ends()).toEqual(['handed_over']);
  });

  test.each([
    ['nothing came', [], 0],
    ['every row was rejected', [{ phone_number: 'abc', customer_name: 'x', body_variable1: 'y' }], 1],
  ])('is told as nobody of a run of which %s', async (_, recipients, rejected) => {
    const sent = await rig.siaran.broadcast({ ...december, recipients });
    expect(sent).toEqual({ runId: expect.any(String), accepted: 0, rejected });
    await chunkRun(rig.ctx, sent.runId);
    expect(await ends()).toEqual(['nobody']);
    expect(await rig.siaran.run(sent.runId)).toMatchObject({ status: 'finished', outcome: 'nobody' });
  });

  test('is not told while the run takes recipients', async () => {
    const { id } = await rig.siaran.startRun({ ...december, flushAfter: '1ms' });
    await rig.siaran.enqueue(id, invoices(5), { source: 'list' });
    await chunkRun(rig.ctx, id);
    await rig.query(`UPDATE batches SET opened_at = opened_at - interval '1 second'`);
    await chunkRun(rig.ctx, id);
    await deliver(rig, id, 1);
    expect(await rig.siaran.run(id)).toMatchObject({ status: 'open', batches: { scheduled: 1 } });
    expect(await ends()).toEqual([]);
    await rig.siaran.seal(id);
    expect(await ends()).toEqual([]);
    await chunkRun(rig.ctx, id);
    expect(await ends()).toEqual(['handed_over']);
  });

  test('is told again after a retry, however fast that is; one that retries nothing tells nothing', async () => {
    rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad template', times: 1 }]);
    const runId = await chunked(rig, 1);
    await deliver(rig, runId, 1);
    expect(await ends()).toEqual(['refused']);
    await rig.siaran.retry(runId);
    await deliver(rig, runId, 1);
    expect(await ends()).toEqual(['refused', 'handed_over']);
    await rig.siaran.retry(runId);
    await rig.siaran.retry(`${runId}-0001`);
    expect(await ends()).toHaveLength(2);
  });

  test('is told again after recipients that Redis had lost came in', async () => {
    const runId = await ended(rig);
    await rig.query('UPDATE intakes SET blocks = blocks + 1, rows = rows + 5 WHERE run_id = $1', [runId]);
    expect(await ends()).toEqual(['needs_attention']);
    await rig.siaran.enqueue(runId, invoices(15), { source: 'list' });
    await chunkRun(rig.ctx, runId);
    await deliver(rig, runId, 2);
    expect(await ends()).toEqual(['needs_attention', 'handed_over']);
  });

  test('is told again after an unknown batch was sent once more, not when that is refused or it was found', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const runId = await chunked(rig, 5);
    const batchId = `${runId}-0001`;
    await deliver(rig, runId, 1);
    expect(await ends()).toEqual(['needs_attention']);
    const by = { by: 'dewi' };
    await expect(rig.siaran.resolve(batchId, { notSent: true }, by)).rejects.toMatchObject({ code: 'NOT_SETTLED' });
    expect(await ends()).toHaveLength(1);
    await rig.siaran.resolve(batchId, { notSent: true, force: true }, by);
    await deliver(rig, runId, 1);
    expect(await ends()).toEqual(['needs_attention', 'handed_over']);
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const other = await chunked(rig, 5);
    await deliver(rig, other, 1);
    expect(await ends()).toHaveLength(3);
    await rig.siaran.resolve(`${other}-0001`, { sent: 4711 }, by);
    expect(await ends()).toHaveLength(3);
  });

  test('is told again after a late answer that lets a batch wait once more', async () => {
    const runId = await ended(rig);
    await tell(rig);
    await rig.query(`UPDATE batches SET status = 'uploaded', broadcast_job_id = NULL WHERE run_id = $1`, [runId]);
    expect(await ends()).toHaveLength(1);
    await deliver(rig, runId, 1);
    expect(await ends()).toHaveLength(2);
  });

  test('of a cancelled run is told once nothing of it is under way; cancelling what has ended tells nothing', async () => {
    const runId = await chunked(rig, 1_010);
    await deliver(rig, runId, 1);
    await rig.siaran.cancel(runId);
    expect(await ends()).toEqual([]);
    await chunkRun(rig.ctx, runId);
    expect(await ends()).toEqual(['cancelled']);
    const delivered = await ended(rig);
    expect(await ends()).toHaveLength(2);
    await rig.siaran.cancel(delivered);
    expect(await ends()).toHaveLength(2);
    await chunkRun(rig.ctx, delivered);
    expect(await ends()).toHaveLength(2);
  });
});

describe('a hold', () => {
  const hold = (kind: 'refused' | 'unreachable' | 'rate_limited', reason = 'HTTP 401: no') =>
    rig.ctx.db.$transaction((tx) => writeHold(tx, 'default', { kind, reason, waitMs: undefined }));
  const holds = async () => {
    await tell(rig);
    return receiver.of('hold').map(({ body }) => body.hold);
  };

  test('of an account is told when it begins, not when it is renewed or probed, and again when it comes back', async () => {
    await hold('refused');
    await hold('refused', 'HTTP 401: still no');
    await rig.query(`UPDATE holds SET probe_at = now() - interval '1 second'`);
    await reconcile(rig.ctx);
    await hold('refused', 'HTTP 401: even now');
    expect(await holds()).toEqual([{ account: 'default', kind: 'refused', reason: 'HTTP 401: no' }]);
    expect(receiver.received[0]?.body).toMatchObject({ event: 'hold', run: null, batch: null });
    await rig.query('UPDATE holds SET lifted_at = now()');
    await hold('refused', 'HTTP 401: again');
    expect(await holds()).toHaveLength(2);
    await rig.siaran.resumeAll();
    await hold('refused');
    expect(await holds()).toHaveLength(3);
  });

  test('for being throttled is everyday', async () => {
    await hold('rate_limited', 'HTTP 429: slow down');
    await rig.query('UPDATE holds SET lifted_at = now()');
    await hold('rate_limited', 'HTTP 429: slow down');
    expect(await holds()).toEqual([]);
  });

  const holdRun = (runId: string, kind: string, reason = `held: ${kind}`) =>
    rig.query('UPDATE runs SET held_kind = $2, held_reason = $3, held_at = now() WHERE id = $1', [runId, kind, reason]);

  test('of a run is told when it begins or changes, and not while the run is being prepared', async () => {
    const runId = await chunked(rig, 5);
    await holdRun(runId, 'preparing');
    expect(await holds()).toEqual([]);
    await holdRun(runId, 'balance');
    await holdRun(runId, 'balance', 'still too little');
    expect(await holds()).toEqual([{ account: null, kind: 'balance', reason: 'held: balance' }]);
    expect(receiver.received[0]?.body.run).toMatchObject({ id: runId, status: 'paused' });
  });

  test('for a first batch is told when that batch is settled', async () => {
    const runId = await chunked(rig, 1_010);
    await holdRun(runId, 'first');
    expect(await holds()).toEqual([]);
    await deliver(rig, runId, 1);
    expect(await holds()).toEqual([{ account: null, kind: 'first', reason: 'held: first' }]);
    await rig.query('UPDATE runs SET held_kind = NULL, held_reason = NULL, held_at = NULL');
    await deliver(rig, runId, 2);
    expect(await holds()).toHaveLength(1);
    await holdRun(runId, 'first');
    expect(await holds()).toHaveLength(1);
  });

  test('for a first batch that is already settled is told at once, and not at all if nothing waits behind it', async () => {
    const runId = await chunked(rig, 1_010);
    await deliver(rig, runId, 1);
    await holdRun(runId, 'first');
    expect(await holds()).toHaveLength(1);
    const short = await chunked(rig, 5);
    await holdRun(short, 'first');
    await deliver(rig, short, 1);
    expect(await holds()).toHaveLength(1);
  });
});
