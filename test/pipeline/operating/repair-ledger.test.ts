import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import type { Witness } from '../../../src/queue/witness.js';
import { finished, invoices, type Rig, startRig } from '../../support/rig.js';
import { chunked, december, deliver, mostPerNumber, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

describe('a Postgres that goes back to an older state', () => {
  test('stops all sending until the lost sends are put back as unknown', async () => {
    const runId = await chunked(rig, 3_000);
    await deliver(rig, runId, 1);
    await rig.ctx.db.$executeRaw`CREATE TABLE old_batches AS SELECT * FROM batches`;
    await rig.ctx.db.$executeRaw`ALTER TABLE batch_rows DROP CONSTRAINT batch_rows_batch_id_fkey`;
    await deliver(rig, runId, 2);
    // The backup is restored: the second send is forgotten, and its attempt's id is given out again.
    await rig.ctx.db.$executeRaw`DELETE FROM attempts WHERE number = 1 AND batch_id = ${`${runId}-0002`}`;
    await rig.ctx.db.$executeRaw`DELETE FROM batches WHERE id = ${`${runId}-0002`}`;
    await rig.ctx.db.$executeRaw`INSERT INTO batches SELECT * FROM old_batches WHERE id = ${`${runId}-0002`}`;
    await rig.ctx.db.$executeRaw`SELECT setval('attempts_id_seq', 1)`;

    await deliver(rig, runId, 2);
    await deliver(rig, runId, 3);
    await reconcile(rig.ctx);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(2);
    expect(await rig.siaran.run(runId)).toMatchObject({
      held: { kind: 'ledger_went_back', reason: expect.stringContaining('LEDGER_WENT_BACK') },
    });
    await expect(rig.siaran.resumeAll()).rejects.toMatchObject({ code: 'LEDGER_WENT_BACK' });

    expect(await rig.siaran.repairLedger()).toEqual({
      unknownBatches: [`${runId}-0002`],
      emptyBatches: [],
      lostBatches: [],
      skippedFirings: [],
      stoppedRetries: [],
      lostRuns: [],
    });
    await rig.work();
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({ outcome: 'needs_attention', held: null, batches: { scheduled: 2, unknown: 1 } });
    expect(mostPerNumber(rig)).toBe(1);
    const sent = rig.sandbox.accepted.jobs()[1]?.id ?? 0;
    await rig.siaran.resolve(`${runId}-0002`, { sent }, { by: 'dewi' });
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over' });
  });

  test('is noticed too when the send that it lost stands below others that it kept', async () => {
    const runId = await chunked(rig, 3_000);
    await deliver(rig, runId, 1);
    await deliver(rig, runId, 2);
    await rig.query("UPDATE batches SET status = 'uploaded', attempts = 0, broadcast_job_id = NULL WHERE id = $1", [
      `${runId}-0001`,
    ]);
    await rig.query('DELETE FROM attempts WHERE batch_id = $1', [`${runId}-0001`]);
    await deliver(rig, runId, 1);
    await deliver(rig, runId, 3);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(2);
    expect(await rig.siaran.repairLedger()).toMatchObject({ unknownBatches: [`${runId}-0001`] });
    expect(mostPerNumber(rig)).toBe(1);
  });

  test('and lost a batch of a run that it has puts it back as unknown, so that its number is not used again', async () => {
    const runId = await chunked(rig, 1_000);
    await deliver(rig, runId, 1);
    await rig.query('DELETE FROM attempts WHERE batch_id = $1', [`${runId}-0001`]);
    await rig.query('DELETE FROM batch_rows WHERE batch_id = $1', [`${runId}-0001`]);
    await rig.query('DELETE FROM batches WHERE run_id = $1', [runId]);
    await rig.query('DELETE FROM recipients WHERE run_number = (SELECT number FROM runs WHERE id = $1)', [runId]);
    await reconcile(rig.ctx);
    await rig.query('UPDATE intakes SET superseded_at = now() WHERE run_id = $1', [runId]);
    await rig.query('UPDATE runs SET sealed_at = NULL WHERE id = $1', [runId]);
    await rig.siaran.enqueue(runId, invoices(10, 5_000), { source: 'more' });
    await chunkRun(rig.ctx, runId);
    expect(await rig.siaran.batches(runId)).toEqual([]);
    expect(await rig.siaran.repairLedger()).toMatchObject({
      unknownBatches: [`${runId}-0001`],
      emptyBatches: [`${runId}-0001`],
    });
    await chunkRun(rig.ctx, runId);
    // Whoever was in the lost batch could not be told from new ones.
    await expect(rig.siaran.enqueue(runId, invoices(1_000), { source: 'list' })).rejects.toMatchObject({
      code: 'RUN_LOST_RECIPIENTS',
      message: expect.stringContaining(`batch ${runId}-0001 was sent`),
    });
    await expect(rig.siaran.enqueue(runId, invoices(1_000))).rejects.toMatchObject({ code: 'RUN_LOST_RECIPIENTS' });
    expect(
      (await rig.siaran.batches(runId)).map(({ number, recipients, status }) => [number, recipients, status]),
    ).toEqual([
      [1, 0, 'unknown'],
      [2, 10, 'pending'],
    ]);
  });

  test('gives no number of a lost batch to new rows', async () => {
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(1_000), { source: 'a' });
    await chunkRun(rig.ctx, id);
    await deliver(rig, id, 1);
    await rig.siaran.enqueue(id, invoices(1_000, 1_000), { source: 'b' });
    // Postgres is put back to before the first rows were cut, which ends every connection.
    await rig.query('DELETE FROM attempts');
    await rig.query('DELETE FROM batch_rows');
    await rig.query('DELETE FROM batches');
    await rig.query('DELETE FROM recipients');
    rig.ctx.ledgerTrust.doubt();
    await chunkRun(rig.ctx, id);
    expect(await rig.siaran.batches(id)).toEqual([]);
    expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'ledger_went_back' } });
  });

  test('twice to the same older state sends nothing twice', async () => {
    const runId = await chunked(rig, 1_000);
    const goBack = async () => {
      await rig.query("DELETE FROM attempts WHERE kind = 'send'");
      await rig.query(
        "UPDATE batches SET status = 'pending', attempts = 0, broadcast_job_id = NULL, claim_expires_at = NULL",
      );
    };
    await deliver(rig, runId, 1);
    for (let time = 1; time <= 2; time += 1) {
      await goBack();
      await deliver(rig, runId, 1);
      expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'ledger_went_back' } });
      expect(await rig.siaran.repairLedger()).toMatchObject({ unknownBatches: [`${runId}-0001`] });
      expect(await rig.siaran.run(runId)).toMatchObject({ held: null, batches: { unknown: 1 } });
    }
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  });

  test('is not what a worker has met that comes late: it withholds its send, and nothing is held', async () => {
    const runId = await chunked(rig, 1_000);
    const batchId = `${runId}-0001`;
    const remember = rig.ctx.witness.remember.bind(rig.ctx.witness);
    // It is frozen between its intent and its note in Redis, for longer than its claim.
    const late: typeof remember = async (send, known) => {
      await rig.query("UPDATE batches SET claim_expires_at = now() - interval '1 s' WHERE status = 'sending'");
      await reconcile(rig.ctx);
      await rig.siaran.resolve(batchId, { notSent: true, force: true }, { by: 'dewi' });
      await deliver(rig, runId, 1);
      return remember(send, known);
    };
    const witness = { remember: late, latest: rig.ctx.witness.latest.bind(rig.ctx.witness) } as unknown as Witness;
    // A note has half of what the claim lasts beyond the request: on a busy machine all of that takes its time.
    const ctx = { ...rig.ctx, witness, config: { ...rig.ctx.config, claimTtlMs: 20_000 } };
    await deliverBatch(ctx, batchId, { probing: false });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over', held: null });
    expect(await rig.query('SELECT number, outcome FROM attempts ORDER BY id')).toMatchObject([
      { number: 1, outcome: 'not_sent' },
      { number: 1, outcome: 'not_sent' },
      { number: 2, outcome: 'scheduled' },
    ]);
  });

  test('is met by whoever sends later, whatever the number of its attempt', async () => {
    const sendOf = (number: number) => ({
      ...{ attemptId: BigInt(number), token: randomUUID(), batchId: 'r1-0001', number, broadcastFileId: 5 },
    });
    const [first, second, third] = [sendOf(1), sendOf(2), sendOf(3)];
    expect(await rig.ctx.witness.remember(second, [])).toBeUndefined();
    expect(await rig.ctx.witness.remember(second, [])).toBeUndefined();
    expect(await rig.ctx.witness.remember(third, [first.token])).toEqual(second);
    expect(await rig.ctx.witness.remember(first, [])).toEqual(second);
    expect(await rig.ctx.witness.remember(third, [first.token, second.token])).toBeUndefined();
    expect(await rig.ctx.witness.latest()).toEqual([third]);
    await rig.ctx.witness.forget([third]);
    expect(await rig.ctx.witness.latest()).toEqual([]);
  });

  test('and lost a batch altogether names it', async () => {
    const raised = { attemptId: 999n, token: randomUUID(), batchId: 'rgone-0007', number: 1, broadcastFileId: 5 };
    await rig.ctx.witness.remember(raised, []);
    await reconcile(rig.ctx);
    expect(await rig.siaran.repairLedger()).toEqual({
      unknownBatches: [],
      emptyBatches: [],
      lostBatches: ['rgone-0007'],
      skippedFirings: [],
      stoppedRetries: [],
      lostRuns: [],
    });
    await expect(rig.siaran.resumeAll()).resolves.toEqual([]);
  });

  test('and lost an intake whose rows are still buffered takes them in when it is repaired, and new ones beside them', async () => {
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(3), { source: 'list' });
    await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
    await rig.siaran.enqueue(id, invoices(2, 100), { source: 'list' });
    await rig.siaran.seal(id);
    await rig.work();
    await waitForRun(rig, id, (run) => run.held?.kind === 'ledger_went_back');
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await rig.siaran.repairLedger();
    await waitForRun(rig, id, (run) => run.recipients.scheduled === 5);
    expect((await rig.siaran.verify(id)).breaches).toEqual([]);
  });

  test('and lost a run whose rows are still buffered sets them aside and names it', async () => {
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(3), { source: 'list' });
    await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
    await rig.query('DELETE FROM runs WHERE id = $1', [id]);
    await chunkRun(rig.ctx, id);
    expect(await rig.siaran.repairLedger()).toEqual({
      unknownBatches: [],
      emptyBatches: [],
      lostBatches: [],
      skippedFirings: [],
      stoppedRetries: [],
      lostRuns: [id],
    });
    await chunkRun(rig.ctx, id);
    await expect(rig.siaran.resumeAll()).resolves.toEqual([]);
    expect(await rig.redis.keys(`*${id}*set-aside`)).toHaveLength(2);
  });
});
