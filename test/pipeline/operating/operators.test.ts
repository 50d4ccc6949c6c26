import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import type { Witness } from '../../../src/queue/witness.js';
import { recordAnswer } from '../../../src/store/attempts.js';
import {
  eventually,
  finished,
  invoiceColumns,
  invoices,
  phoneNumber,
  type Rig,
  startRig,
  sumOfRecipients,
} from '../../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({
    env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms', SIARAN_SETTLE_AFTER: '1h' },
  });
});
afterEach(() => rig.close());

const settings = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

async function chunked(count: number): Promise<string> {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  await rig.siaran.seal(id);
  for (let rows = count; rows > 0; rows -= 5_000) await chunkRun(rig.ctx, id);
  return id;
}

const deliver = (runId: string, number: number) =>
  deliverBatch(rig.ctx, `${runId}-${String(number).padStart(4, '0')}`, { probing: false });
const mostPerNumber = () => Math.max(0, ...rig.sandbox.accepted.deliveries().values());

describe('an unknown batch', () => {
  let runId: string;
  let batchId: string;
  beforeEach(async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    runId = await chunked(10);
    batchId = `${runId}-0001`;
    await deliver(runId, 1);
    expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'unknown' }]);
  });

  /** The send as its worker would have left it if it had been frozen before it could record the answer. */
  async function unanswered(): Promise<string> {
    const [attempt] = await rig.query<{ token: string }>(
      'UPDATE attempts SET answered_at = NULL, outcome = NULL RETURNING token',
    );
    return attempt?.token ?? '';
  }

  test('that was found at the provider is scheduled, and who said so is kept', async () => {
    const sent = rig.sandbox.accepted.jobs()[0]?.id ?? 0;
    expect(
      await rig.siaran.resolve(batchId, { sent }, { by: 'dewi', reason: 'seen in the list of broadcasts' }),
    ).toEqual({ batchId, status: 'scheduled' });
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over' });
    expect(
      await rig.query("SELECT kind, number, worker, outcome, reason FROM attempts WHERE kind = 'resolve'"),
    ).toEqual([
      { kind: 'resolve', number: 1, worker: 'dewi', outcome: 'scheduled', reason: 'seen in the list of broadcasts' },
    ]);
    expect(await rig.siaran.verify(runId)).toEqual({ runId, ok: true, breaches: [] });
    await expect(rig.siaran.resolve(batchId, { notSent: true, force: true }, { by: 'dewi' })).rejects.toMatchObject({
      code: 'NOT_UNKNOWN',
    });
  });

  test('can be called not sent only when nobody can be working on it any more, or by force; then it goes out again', async () => {
    const notYet = rig.siaran.resolve(batchId, { notSent: true }, { by: 'dewi' });
    await expect(notYet).rejects.toMatchObject({
      code: 'NOT_SETTLED',
      message: expect.stringContaining('wait 1h'),
    });
    expect(await rig.siaran.resolve(batchId, { notSent: true, force: true }, { by: 'dewi' })).toMatchObject({
      status: 'uploaded',
    });
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    expect(await rig.siaran.batches(runId)).toMatchObject([{ attempts: 2 }]);
  });

  test('whose late answer contradicts what an operator said shows as an extra send with its job', async () => {
    const attempt = await unanswered();
    await rig.siaran.resolve(batchId, { sent: 4711 }, { by: 'dewi' });
    const late = {
      outcome: 'scheduled',
      httpStatus: 200,
      broadcastJobId: 4712,
      broadcastJob: { id: 4712, total_recipient: 10 },
      error: null,
    } as const;
    expect(await recordAnswer(rig.ctx.db, attempt, late)).toMatchObject({ settlement: 'extra' });
    expect(await rig.siaran.run(runId)).toMatchObject({
      outcome: 'needs_attention',
      extraSends: [{ batchId, broadcastJobId: 4712 }],
    });
    expect((await rig.siaran.verify(runId)).breaches).toMatchObject([{ rule: 'an accepted send settles its batch' }]);
  });

  test('whose late answer confirms what an operator said is simply scheduled', async () => {
    const attempt = await unanswered();
    await rig.siaran.resolve(batchId, { sent: 4711 }, { by: 'dewi' });
    const late = {
      outcome: 'scheduled',
      httpStatus: 200,
      broadcastJobId: 4711,
      broadcastJob: { id: 4711, total_recipient: 10 },
      error: null,
    } as const;
    expect(await recordAnswer(rig.ctx.db, attempt, late)).toMatchObject({ settlement: 'settled' });
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over', extraSends: [] });
  });

  test('of a cancelled run stays cancelled when it was not sent', async () => {
    await rig.siaran.cancel(runId);
    expect(await rig.siaran.resolve(batchId, { notSent: true, force: true }, { by: 'dewi' })).toMatchObject({
      status: 'cancelled',
    });
  });

  test('that does not exist, or a job id that is none, is refused', async () => {
    await expect(rig.siaran.resolve('rnope-0001', { sent: 1 }, { by: 'dewi' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(rig.siaran.resolve(batchId, { sent: 1.5 }, { by: 'dewi' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a run that is', () => {
  test('paused hands nothing over any more, says what was, and goes on when it is resumed', async () => {
    const runId = await chunked(3_000);
    await deliver(runId, 1);
    expect(await rig.siaran.pause(runId)).toEqual({
      handedOver: { batches: 1, recipients: 1_000 },
      inFlight: { batches: 0, recipients: 0 },
      held: { batches: 2, recipients: 2_000 },
    });
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused', outcome: null });
    await deliver(runId, 2);
    await reconcile(rig.ctx);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
    await rig.siaran.resume(runId);
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    expect(mostPerNumber()).toBe(1);
  });

  test('paused takes no recipients, and a producer under way is told why', async () => {
    const { id } = await rig.siaran.startRun(settings);
    const paused = async function* () {
      yield* invoices(1_500);
      await rig.siaran.pause(id);
      yield* invoices(1_500, 1_500);
    };
    await expect(rig.siaran.enqueue(id, paused(), { source: 'list' })).rejects.toMatchObject({ code: 'RUN_PAUSED' });
    await expect(rig.siaran.enqueue(id, invoices(1))).rejects.toMatchObject({ code: 'RUN_PAUSED' });
    await rig.siaran.resume(id);
    expect(await rig.siaran.enqueue(id, invoices(3_000), { source: 'list' })).toEqual({ accepted: 3_000, rejected: 0 });
  });

  test('cancelled half-way keeps what was handed over, and everything else is cancelled, buffered rows too', async () => {
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(2_000), { source: 'list' });
    await chunkRun(rig.ctx, id);
    await deliver(id, 1);
    await rig.siaran.enqueue(id, invoices(500, 2_000), { source: 'more' });
    expect(await rig.siaran.cancel(id)).toMatchObject({
      handedOver: { recipients: 1_000 },
      held: { recipients: 1_500 },
    });
    await rig.work();
    const run = await finished(rig.siaran, id);
    expect(run).toMatchObject({ outcome: 'cancelled', recipients: { scheduled: 1_000, cancelled: 1_500 } });
    expect(sumOfRecipients(run)).toBe(2_500);
    await expect(rig.siaran.resume(id)).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    await expect(rig.siaran.enqueue(id, invoices(1))).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(await rig.siaran.verify(id)).toMatchObject({ ok: true });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  });

  test('cancelled while a batch is being sent ends that batch as the provider answers', async () => {
    const runId = await chunked(10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 600 }]);
    const sending = deliver(runId, 1);
    await eventually(
      () => rig.siaran.run(runId),
      (run) => run.batches.sending === 1,
    );
    expect(await rig.siaran.cancel(runId)).toMatchObject({ inFlight: { batches: 1, recipients: 10 } });
    await sending;
    expect(await rig.siaran.run(runId)).toMatchObject({
      status: 'finished',
      outcome: 'handed_over',
      recipients: { scheduled: 10 },
    });
  });

  test('cancelled while a send is throttled is not sent later', async () => {
    const runId = await chunked(10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 429, retryAfterSeconds: 0, latencyMs: 600 }]);
    const sending = deliver(runId, 1);
    await eventually(
      () => rig.siaran.run(runId),
      (run) => run.batches.sending === 1,
    );
    await rig.siaran.cancel(runId);
    await sending;
    expect(await rig.siaran.run(runId)).toMatchObject({
      status: 'finished',
      outcome: 'cancelled',
      recipients: { cancelled: 10 },
    });
  });
});

describe('a file that is refused for one of its rows', () => {
  test('goes out without it, and the row becomes a failed batch of its own with the words of the provider', async () => {
    rig.sandbox.setFaults([
      { on: 'upload', kind: 'http', status: 422, message: 'a variable is too long', match: phoneNumber(637) },
    ]);
    await rig.work();
    const runId = await chunked(2_500);
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({ outcome: 'partly_refused', recipients: { scheduled: 2_499, failed: 1 } });
    const failed = (await rig.siaran.batches(runId)).filter((batch) => batch.status === 'failed');
    expect(failed).toMatchObject([
      { number: 4, recipients: 1, error: 'HTTP 422: a variable is too long', attempts: 0 },
    ]);
    expect(await rig.siaran.verify(runId)).toEqual({ runId, ok: true, breaches: [] });
    expect(rig.sandbox.accepted.summary().requests.upload).toBeLessThanOrEqual(2 + 24);
    rig.sandbox.setFaults([]);
    await rig.siaran.retry(runId);
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 2_500 },
    });
    expect(rig.sandbox.accepted.deliveries().size).toBe(2_500);
    expect(mostPerNumber()).toBe(1);
  });

  test('while its run is still being filled takes no number that the chunker will use', async () => {
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(1_500), { source: 'a' });
    await chunkRun(rig.ctx, id);
    rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad', match: phoneNumber(3) }]);
    await deliver(id, 1);
    await rig.siaran.enqueue(id, invoices(2_000, 1_500), { source: 'b' });
    await rig.siaran.seal(id);
    await chunkRun(rig.ctx, id);
    expect((await rig.siaran.batches(id)).map((batch) => [batch.number, batch.recipients, batch.status])).toEqual([
      [1, 999, 'scheduled'],
      [2, 1_000, 'pending'],
      [3, 1, 'failed'],
      [4, 1_000, 'pending'],
      [5, 500, 'pending'],
    ]);
    expect(await rig.siaran.verify(id)).toMatchObject({ ok: true });
  });
});

describe('a Postgres that goes back to an older state', () => {
  test('stops all sending until the lost sends are put back as unknown', async () => {
    const runId = await chunked(3_000);
    await deliver(runId, 1);
    await rig.ctx.db.$executeRaw`CREATE TABLE old_batches AS SELECT * FROM batches`;
    await rig.ctx.db.$executeRaw`ALTER TABLE batch_rows DROP CONSTRAINT batch_rows_batch_id_fkey`;
    await deliver(runId, 2);
    // The backup is restored: the second send is forgotten, and its attempt's id is given out again.
    await rig.ctx.db.$executeRaw`DELETE FROM attempts WHERE number = 1 AND batch_id = ${`${runId}-0002`}`;
    await rig.ctx.db.$executeRaw`DELETE FROM batches WHERE id = ${`${runId}-0002`}`;
    await rig.ctx.db.$executeRaw`INSERT INTO batches SELECT * FROM old_batches WHERE id = ${`${runId}-0002`}`;
    await rig.ctx.db.$executeRaw`SELECT setval('attempts_id_seq', 1)`;

    await deliver(runId, 2);
    await deliver(runId, 3);
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
      lostRuns: [],
    });
    await rig.work();
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({ outcome: 'needs_attention', held: null, batches: { scheduled: 2, unknown: 1 } });
    expect(mostPerNumber()).toBe(1);
    const sent = rig.sandbox.accepted.jobs()[1]?.id ?? 0;
    await rig.siaran.resolve(`${runId}-0002`, { sent }, { by: 'dewi' });
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over' });
  });

  test('is noticed too when the send that it lost stands below others that it kept', async () => {
    const runId = await chunked(3_000);
    await deliver(runId, 1);
    await deliver(runId, 2);
    await rig.query("UPDATE batches SET status = 'uploaded', attempts = 0, broadcast_job_id = NULL WHERE id = $1", [
      `${runId}-0001`,
    ]);
    await rig.query('DELETE FROM attempts WHERE batch_id = $1', [`${runId}-0001`]);
    await deliver(runId, 1);
    await deliver(runId, 3);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(2);
    expect(await rig.siaran.repairLedger()).toMatchObject({ unknownBatches: [`${runId}-0001`] });
    expect(mostPerNumber()).toBe(1);
  });

  test('and lost a batch of a run that it has puts it back as unknown, so that its number is not used again', async () => {
    const runId = await chunked(1_000);
    await deliver(runId, 1);
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
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(1_000), { source: 'a' });
    await chunkRun(rig.ctx, id);
    await deliver(id, 1);
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
    const runId = await chunked(1_000);
    const goBack = async () => {
      await rig.query("DELETE FROM attempts WHERE kind = 'send'");
      await rig.query(
        "UPDATE batches SET status = 'pending', attempts = 0, broadcast_job_id = NULL, claim_expires_at = NULL",
      );
    };
    await deliver(runId, 1);
    for (let time = 1; time <= 2; time += 1) {
      await goBack();
      await deliver(runId, 1);
      expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'ledger_went_back' } });
      expect(await rig.siaran.repairLedger()).toMatchObject({ unknownBatches: [`${runId}-0001`] });
      expect(await rig.siaran.run(runId)).toMatchObject({ held: null, batches: { unknown: 1 } });
    }
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  });

  test('is not what a worker has met that comes late: it withholds its send, and nothing is held', async () => {
    const runId = await chunked(1_000);
    const batchId = `${runId}-0001`;
    const remember = rig.ctx.witness.remember.bind(rig.ctx.witness);
    // It is frozen between its intent and its note in Redis, for longer than its claim.
    const late: typeof remember = async (send, known) => {
      await rig.query("UPDATE batches SET claim_expires_at = now() - interval '1 s' WHERE status = 'sending'");
      await reconcile(rig.ctx);
      await rig.siaran.resolve(batchId, { notSent: true, force: true }, { by: 'dewi' });
      await deliver(runId, 1);
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
      lostRuns: [],
    });
    await expect(rig.siaran.resumeAll()).resolves.toEqual([]);
  });

  test('and lost an intake whose rows are still buffered takes them in when it is repaired, and new ones beside them', async () => {
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(3), { source: 'list' });
    await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
    await rig.siaran.enqueue(id, invoices(2, 100), { source: 'list' });
    await rig.siaran.seal(id);
    await rig.work();
    await eventually(
      () => rig.siaran.run(id),
      (run) => run.held?.kind === 'ledger_went_back',
    );
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await rig.siaran.repairLedger();
    await eventually(
      () => rig.siaran.run(id),
      (run) => run.recipients.scheduled === 5,
    );
    expect((await rig.siaran.verify(id)).breaches).toEqual([]);
  });

  test('and lost a run whose rows are still buffered sets them aside and names it', async () => {
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(3), { source: 'list' });
    await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
    await rig.query('DELETE FROM runs WHERE id = $1', [id]);
    await chunkRun(rig.ctx, id);
    expect(await rig.siaran.repairLedger()).toEqual({
      unknownBatches: [],
      emptyBatches: [],
      lostBatches: [],
      skippedFirings: [],
      lostRuns: [id],
    });
    await chunkRun(rig.ctx, id);
    await expect(rig.siaran.resumeAll()).resolves.toEqual([]);
    expect(await rig.redis.keys(`*${id}*set-aside`)).toHaveLength(2);
  });
});

test('verify finds what was tampered with', async () => {
  const runId = await chunked(2_000);
  await deliver(runId, 1);
  expect(await rig.siaran.verify(runId)).toMatchObject({ ok: true });
  await rig.query(
    'DELETE FROM recipients WHERE run_number = (SELECT number FROM runs WHERE id = $1) AND phone_number = $2',
    [runId, phoneNumber(5)],
  );
  await rig.query(
    "UPDATE batches SET broadcast_job = jsonb_set(broadcast_job, '{total_recipient}', '999') WHERE id = $1",
    [`${runId}-0001`],
  );
  await rig.query('UPDATE intakes SET absorbed_rows = absorbed_rows + 7 WHERE run_id = $1', [runId]);
  const { ok, breaches } = await rig.siaran.verify(runId);
  expect(ok).toBe(false);
  expect(breaches.map((breach) => breach.rule).sort()).toEqual([
    'a batch holds the recipients that it says',
    'every enqueued recipient is buffered, in a batch, a duplicate, or suppressed',
    'the provider counts as many recipients as were sent',
  ]);
});
