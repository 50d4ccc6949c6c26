import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { dropSuppressed } from '../../../src/pipeline/delivery/drop-suppressed.js';
import { intendSend, recordAnswer } from '../../../src/store/attempts.js';
import { type Claim, claimBatch, releaseClaim } from '../../../src/store/claims.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import {
  batchIdOf,
  checkedRun,
  chunked,
  deliver,
  enqueued,
  letHandOver,
  uploaded,
  waitForLock,
  withClient,
} from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

/** As a worker that has the only batch of this run in its hands. */
async function claimed(runId: string): Promise<Claim> {
  const asked = { accounts: ['default'], token: randomUUID(), ttlMs: 5_000, probing: false };
  const claim = await claimBatch(rig.ctx.db, { ...asked, batchId: batchIdOf(runId, 1) });
  if (!claim) throw new Error('not claimed');
  return claim;
}

const numbers = (...indices: number[]) => indices.map(phoneNumber);
const messaged = (...indices: number[]) =>
  numbers(...indices).map((number) => rig.sandbox.accepted.deliveriesTo(number));

const placesOf = async (runId: string) =>
  (
    await rig.query<{ place: number }>(
      `SELECT batch_number AS place FROM recipients WHERE run_number = (SELECT number FROM runs WHERE id = $1)
       AND phone_number = ANY($2::bigint[]) ORDER BY phone_number`,
      [runId, numbers(0, 1, 2)],
    )
  ).map(({ place }) => place);

describe('a suppressed number is left out of a run that', () => {
  test('was enqueued after it was suppressed, and its place goes to the next one', async () => {
    await rig.siaran.suppress(numbers(0, 2, 1_500), { reason: 'asked by phone' });
    const id = await chunked(rig, 2_003);
    expect(await rig.siaran.batches(id)).toMatchObject([{ recipients: 1_000 }, { recipients: 1_000 }]);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({
      enqueued: 2_003,
      pending: 2_000,
      suppressed: 3,
      duplicates: 0,
    });
    expect(await placesOf(id)).toEqual([0, 1, 0]);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 2_000 } });
    expect(messaged(0, 1, 2, 1_500)).toEqual([0, 1, 0, 0]);
    await checkedRun(rig, id);
  });

  test('was enqueued before it was suppressed', async () => {
    const id = await enqueued(rig, 10);
    await rig.siaran.suppress(numbers(0, 2));
    await chunkRun(rig.ctx, id);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ pending: 8, suppressed: 2 });
    await deliver(rig, id, 1);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
  });

  test('was chunked before it was suppressed', async () => {
    const id = await chunked(rig, 2_500);
    await rig.siaran.suppress(numbers(0, 2, 1_500));
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ pending: 2_500, suppressed: 0 });
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 2_497, suppressed: 3, cancelled: 0 },
    });
    expect((await rig.siaran.batches(id)).map(({ recipients }) => recipients)).toEqual([998, 999, 500]);
    expect(rig.sandbox.accepted.files()).toHaveLength(3);
    expect(messaged(0, 1, 2, 1_500)).toEqual([0, 1, 0, 0]);
    await checkedRun(rig, id);
  });

  test('was uploaded before it was suppressed: its file is made anew', async () => {
    const id = await uploaded(rig, 10);
    await rig.siaran.suppress(numbers(0, 2));
    await checkedRun(rig, id);
    await deliver(rig, id, 1);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await letHandOver(rig, id);
    await deliver(rig, id, 1);
    expect(rig.sandbox.accepted.files().map(({ rows }) => rows)).toEqual([10, 8]);
    expect(rig.sandbox.accepted.jobs()).toMatchObject([{ recipients: 8 }]);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    expect(await checkedRun(rig, id)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 8, suppressed: 2 },
    });
    expect(await placesOf(id)).toEqual([0, 1, 0]);
  });

  test('was uploaded before it was suppressed, also if its worker dies before it makes the file anew', async () => {
    const id = await uploaded(rig, 10);
    await rig.siaran.suppress(numbers(0, 2));
    await letHandOver(rig, id);
    expect(await dropSuppressed(rig.ctx, await claimed(id))).toBeDefined();
    await checkedRun(rig, id);
    await rig.query('UPDATE batches SET claim_expires_at = now()');
    await deliver(rig, id, 1);
    expect(rig.sandbox.accepted.jobs()).toMatchObject([{ recipients: 8 }]);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    await checkedRun(rig, id);
  });

  test('was claimed before it was suppressed: the claim is given back, and the next one leaves it out', async () => {
    const id = await uploaded(rig, 10);
    await letHandOver(rig, id);
    const mine = await claimed(id);
    expect(await dropSuppressed(rig.ctx, mine)).toBeDefined();
    await rig.siaran.suppress(numbers(0, 2));
    const intent = { worker: 'test', startedAt: null, movedBy: null, ttlMs: 5_000 };
    expect(await intendSend(rig.ctx.db, mine, intent)).toBeUndefined();
    await checkedRun(rig, id);
    await releaseClaim(rig.ctx.db, mine);
    await deliver(rig, id, 1);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    await checkedRun(rig, id);
  });

  test('is being uploaded when it is suppressed', async () => {
    const id = await chunked(rig, 10);
    rig.sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 300, times: 1 }]);
    const delivering = deliver(rig, id, 1);
    await eventually(
      async () => rig.sandbox.accepted.summary().requests.upload,
      (uploads) => uploads === 1,
    );
    await rig.siaran.suppress(numbers(0, 2));
    await delivering;
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    expect(await checkedRun(rig, id)).toMatchObject({ batches: { uploaded: 1 } });
    await deliver(rig, id, 1);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    await checkedRun(rig, id);
  });

  test('failed before it was suppressed, and is retried', async () => {
    const id = await chunked(rig, 10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, times: 1 }]);
    await deliver(rig, id, 1);
    await rig.siaran.suppress(numbers(0, 2));
    expect(await checkedRun(rig, id)).toMatchObject({ recipients: { failed: 10, suppressed: 0 } });
    await rig.siaran.retry(id);
    await deliver(rig, id, 1);
    expect(await checkedRun(rig, id)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 8, suppressed: 2 },
    });
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
  });

  test('has an unknown batch that turns out not to have been sent', async () => {
    const id = await chunked(rig, 10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-reading', times: 1 }]);
    await deliver(rig, id, 1);
    await rig.siaran.suppress(numbers(0, 2));
    expect(await checkedRun(rig, id)).toMatchObject({ recipients: { unknown: 10, suppressed: 0 } });
    await rig.siaran.resolve(`${id}-0001`, { notSent: true, force: true }, { by: 'dewi' });
    await deliver(rig, id, 1);
    expect(await checkedRun(rig, id)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 8, suppressed: 2 },
    });
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
  });
});

test('a claim that was lost leaves nobody out', async () => {
  const id = await chunked(rig, 10);
  const lost = await claimed(id);
  await rig.query('UPDATE batches SET claim_token = gen_random_uuid()');
  await rig.siaran.suppress(numbers(0, 1));
  expect(await dropSuppressed(rig.ctx, lost)).toBeUndefined();
  expect((await checkedRun(rig, id)).recipients).toMatchObject({ pending: 10, suppressed: 0 });
});

test('a run that is cancelled while somebody is left out stays cancelled', async () => {
  const id = await chunked(rig, 10);
  const mine = await claimed(id);
  await rig.siaran.suppress(numbers(0));
  await withClient(rig, async (operator) => {
    await operator.query('BEGIN');
    await operator.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [id]);
    const dropping = dropSuppressed(rig.ctx, mine);
    await waitForLock(rig);
    await operator.query('UPDATE runs SET cancelled_at = now() WHERE id = $1', [id]);
    await operator.query("UPDATE batches SET status = 'cancelled', claim_token = NULL, claim_expires_at = NULL");
    await operator.query('COMMIT');
    expect(await dropping).toBeUndefined();
  });
  expect(await checkedRun(rig, id)).toMatchObject({ recipients: { cancelled: 10, suppressed: 0 } });
});

test('a late answer still settles a batch from which somebody was left out since, and shows that its job has more', async () => {
  const id = await chunked(rig, 10);
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await deliver(rig, id, 1);
  await rig.query('UPDATE attempts SET answered_at = NULL, outcome = NULL');
  await rig.siaran.resolve(`${id}-0001`, { notSent: true, force: true }, { by: 'dewi' });
  await rig.siaran.suppress(numbers(0));
  const mine = await claimed(id);
  expect(await dropSuppressed(rig.ctx, mine)).toMatchObject({ status: 'pending', size: 9 });
  const [sent] = await rig.query<{ token: string }>("SELECT token FROM attempts WHERE kind = 'send'");
  const job = { broadcastJobId: 9, broadcastJob: { id: 9, total_recipient: 10 }, httpStatus: 200, error: null };
  const answer = { outcome: 'scheduled', ...job } as const;
  expect(await recordAnswer(rig.ctx.db, sent?.token ?? '', answer)).toMatchObject({ settlement: 'settled' });
  expect(await rig.siaran.run(id)).toMatchObject({
    outcome: 'needs_attention',
    batches: { scheduled: 1 },
    wrongTotals: 1,
  });
});

test('a ledger that went back leaves nobody out of a batch that it has forgotten was sent', async () => {
  const id = await chunked(rig, 10);
  await deliver(rig, id, 1);
  await rig.query("UPDATE batches SET status = 'uploaded', attempts = 0, broadcast_job_id = NULL");
  await rig.query('DELETE FROM attempts');
  await rig.siaran.suppress(numbers(0));
  rig.ctx.ledgerTrust.doubt();
  await deliver(rig, id, 1);
  expect(await rig.siaran.batches(id)).toMatchObject([{ status: 'uploaded', recipients: 10 }]);
  expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'ledger_went_back' } });
  expect(messaged(0, 1)).toEqual([1, 1]);
});
