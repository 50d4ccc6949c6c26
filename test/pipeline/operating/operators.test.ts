import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { type Answer, recordAnswer } from '../../../src/store/attempts.js';
import { finished, invoices, phoneNumber, type Rig, startRig, sumOfRecipients } from '../../support/rig.js';
import { chunked, december, deliver, mostPerNumber, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({
    env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms', SIARAN_SETTLE_AFTER: '1h' },
  });
});
afterEach(() => rig.close());

const by = { by: 'dewi' };
const notSent = { notSent: true, force: true } as const;

describe('an unknown batch', () => {
  let runId: string;
  let batchId: string;
  beforeEach(async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    runId = await chunked(rig, 10);
    batchId = `${runId}-0001`;
    await deliver(rig, runId, 1);
    expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'unknown' }]);
  });

  /** The send as its worker would have left it if it had been frozen before it could record the answer. */
  async function unanswered(): Promise<string> {
    const [attempt] = await rig.query<{ token: string }>(
      'UPDATE attempts SET answered_at = NULL, outcome = NULL RETURNING token',
    );
    return attempt?.token ?? '';
  }

  const accepted = (jobId: number): Answer => ({
    ...{ outcome: 'scheduled', httpStatus: 200, error: null },
    ...{ broadcastJobId: jobId, broadcastJob: { id: jobId, total_recipient: 10 } },
  });

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
    await expect(rig.siaran.resolve(batchId, notSent, by)).rejects.toMatchObject({ code: 'NOT_UNKNOWN' });
  });

  test('can be called not sent only when nobody can be working on it any more, or by force; then it goes out again', async () => {
    const notYet = rig.siaran.resolve(batchId, { notSent: true }, by);
    await expect(notYet).rejects.toMatchObject({ code: 'NOT_SETTLED', message: expect.stringContaining('wait 1h') });
    expect(await rig.siaran.resolve(batchId, notSent, by)).toMatchObject({ status: 'uploaded' });
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    expect(await rig.siaran.batches(runId)).toMatchObject([{ attempts: 2 }]);
  });

  test('whose late answer contradicts what an operator said shows as an extra send with its job', async () => {
    const attempt = await unanswered();
    await rig.siaran.resolve(batchId, { sent: 4711 }, by);
    expect(await recordAnswer(rig.ctx.db, attempt, accepted(4712))).toMatchObject({ settlement: 'extra' });
    expect(await rig.siaran.run(runId)).toMatchObject({
      outcome: 'needs_attention',
      extraSends: [{ batchId, broadcastJobId: 4712 }],
    });
    expect((await rig.siaran.verify(runId)).breaches).toMatchObject([{ rule: 'an accepted send settles its batch' }]);
  });

  test('whose late answer confirms what an operator said is simply scheduled', async () => {
    const attempt = await unanswered();
    await rig.siaran.resolve(batchId, { sent: 4711 }, by);
    expect(await recordAnswer(rig.ctx.db, attempt, accepted(4711))).toMatchObject({ settlement: 'settled' });
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over', extraSends: [] });
  });

  test('of a cancelled run stays cancelled when it was not sent', async () => {
    await rig.siaran.cancel(runId);
    expect(await rig.siaran.resolve(batchId, notSent, by)).toMatchObject({ status: 'cancelled' });
  });

  test('that does not exist, or a job id that is none, is refused', async () => {
    await expect(rig.siaran.resolve('rnope-0001', { sent: 1 }, by)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.siaran.resolve(batchId, { sent: 1.5 }, by)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a run that is', () => {
  test('paused hands nothing over any more, says what was, and goes on when it is resumed', async () => {
    const runId = await chunked(rig, 3_000);
    await deliver(rig, runId, 1);
    expect(await rig.siaran.pause(runId)).toEqual({
      handedOver: { batches: 1, recipients: 1_000 },
      inFlight: { batches: 0, recipients: 0 },
      held: { batches: 2, recipients: 2_000 },
    });
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused', outcome: null });
    await deliver(rig, runId, 2);
    await reconcile(rig.ctx);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
    await rig.siaran.resume(runId);
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    expect(mostPerNumber(rig)).toBe(1);
  });

  test('paused takes no recipients, and a producer under way is told why', async () => {
    const { id } = await rig.siaran.startRun(december);
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
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(2_000), { source: 'list' });
    await chunkRun(rig.ctx, id);
    await deliver(rig, id, 1);
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
    const runId = await chunked(rig, 10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 600 }]);
    const sending = deliver(rig, runId, 1);
    await waitForRun(rig, runId, (run) => run.batches.sending === 1);
    expect(await rig.siaran.cancel(runId)).toMatchObject({ inFlight: { batches: 1, recipients: 10 } });
    await sending;
    await chunkRun(rig.ctx, runId);
    expect(await rig.siaran.run(runId)).toMatchObject({
      status: 'finished',
      outcome: 'handed_over',
      recipients: { scheduled: 10 },
    });
  });

  test('cancelled while a send is throttled is not sent later', async () => {
    const runId = await chunked(rig, 10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 429, retryAfterSeconds: 0, latencyMs: 600 }]);
    const sending = deliver(rig, runId, 1);
    await waitForRun(rig, runId, (run) => run.batches.sending === 1);
    await rig.siaran.cancel(runId);
    await sending;
    await chunkRun(rig.ctx, runId);
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
    const runId = await chunked(rig, 2_500);
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
    expect(mostPerNumber(rig)).toBe(1);
  });

  test('while its run is still being filled takes no number that the chunker will use', async () => {
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(1_500), { source: 'a' });
    await chunkRun(rig.ctx, id);
    rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad', match: phoneNumber(3) }]);
    await deliver(rig, id, 1);
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
test('verify finds what was tampered with', async () => {
  const runId = await chunked(rig, 2_000);
  await deliver(rig, runId, 1);
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
