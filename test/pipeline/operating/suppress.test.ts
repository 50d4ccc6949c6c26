import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { dropSuppressed } from '../../../src/pipeline/delivery/drop-suppressed.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { importSuppressions, startImporting } from '../../../src/pipeline/operating/suppress.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { intendSend, recordAnswer } from '../../../src/store/attempts.js';
import { claimBatch, releaseClaim } from '../../../src/store/claims.js';
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
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

const settings = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
type Settings = { first?: number; startAt?: Date; handOver?: string };

async function enqueued(count: number, more: Settings = {}): Promise<string> {
  const { id } = await rig.siaran.startRun({ ...settings, ...more });
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  await rig.siaran.seal(id);
  return id;
}

async function chunked(count: number, more: Settings = {}): Promise<string> {
  const id = await enqueued(count, more);
  for (let rows = count; rows > 0; rows -= 5_000) await chunkRun(rig.ctx, id);
  return id;
}

/** A run whose only batch has a file, and waits to be handed over. */
async function uploaded(count: number): Promise<string> {
  const id = await chunked(count, { startAt: new Date(Date.now() + 86_400_000), handOver: '1h' });
  await deliver(id, 1);
  expect(await rig.siaran.batches(id)).toMatchObject([{ status: 'uploaded', recipients: count, attempts: 0 }]);
  return id;
}

const letHandOver = (runId: string) =>
  rig.query(
    `UPDATE runs SET hand_over_at = NULL, start_at = now(), delivery = delivery - 'handOverAheadMs' || '{"handOverAheadMs": null}'
    WHERE id = $1`,
    [runId],
  );

const deliver = (runId: string, number: number) =>
  deliverBatch(rig.ctx, `${runId}-${String(number).padStart(4, '0')}`, { probing: false });

const claim = (batchId: string) =>
  claimBatch(rig.ctx.db, { batchId, accounts: ['default'], token: randomUUID(), ttlMs: 5_000, probing: false });

const numbers = (...indices: number[]) => indices.map(phoneNumber);
const messaged = (...indices: number[]) =>
  numbers(...indices).map((number) => rig.sandbox.accepted.deliveriesTo(number));

/** The run, when every rule of the ledger has been checked. */
async function checked(runId: string) {
  expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
  const run = await rig.siaran.run(runId);
  expect(sumOfRecipients(run)).toBe(run.recipients.enqueued);
  return run;
}

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
    const id = await chunked(2_003);
    expect(await rig.siaran.batches(id)).toMatchObject([{ recipients: 1_000 }, { recipients: 1_000 }]);
    expect((await checked(id)).recipients).toMatchObject({
      enqueued: 2_003,
      pending: 2_000,
      suppressed: 3,
      duplicates: 0,
    });
    expect(await placesOf(id)).toEqual([0, 1, 0]);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 2_000 } });
    expect(messaged(0, 1, 2, 1_500)).toEqual([0, 1, 0, 0]);
    await checked(id);
  });

  test('was enqueued before it was suppressed', async () => {
    const id = await enqueued(10);
    await rig.siaran.suppress(numbers(0, 2));
    await chunkRun(rig.ctx, id);
    expect((await checked(id)).recipients).toMatchObject({ pending: 8, suppressed: 2 });
    await deliver(id, 1);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
  });

  test('was chunked before it was suppressed', async () => {
    const id = await chunked(2_500);
    await rig.siaran.suppress(numbers(0, 2, 1_500));
    expect((await checked(id)).recipients).toMatchObject({ pending: 2_500, suppressed: 0 });
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 2_497, suppressed: 3, cancelled: 0 },
    });
    expect((await rig.siaran.batches(id)).map(({ recipients }) => recipients)).toEqual([998, 999, 500]);
    expect(rig.sandbox.accepted.files()).toHaveLength(3);
    expect(messaged(0, 1, 2, 1_500)).toEqual([0, 1, 0, 0]);
    await checked(id);
  });

  test('was uploaded before it was suppressed: its file is made anew', async () => {
    const id = await uploaded(10);
    await rig.siaran.suppress(numbers(0, 2));
    await checked(id);
    await deliver(id, 1);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await letHandOver(id);
    await deliver(id, 1);
    expect(rig.sandbox.accepted.files().map(({ rows }) => rows)).toEqual([10, 8]);
    expect(rig.sandbox.accepted.jobs()).toMatchObject([{ recipients: 8 }]);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    expect(await checked(id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 8, suppressed: 2 } });
    expect(await placesOf(id)).toEqual([0, 1, 0]);
  });

  test('was uploaded before it was suppressed, also if its worker dies before it makes the file anew', async () => {
    const id = await uploaded(10);
    await rig.siaran.suppress(numbers(0, 2));
    await letHandOver(id);
    const dead = await claim(`${id}-0001`);
    if (!dead || !(await dropSuppressed(rig.ctx, dead))) throw new Error('not claimed');
    await checked(id);
    await rig.query('UPDATE batches SET claim_expires_at = now()');
    await deliver(id, 1);
    expect(rig.sandbox.accepted.jobs()).toMatchObject([{ recipients: 8 }]);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    await checked(id);
  });

  test('was claimed before it was suppressed: the claim is given back, and the next one leaves it out', async () => {
    const id = await uploaded(10);
    await letHandOver(id);
    const mine = await claim(`${id}-0001`);
    if (!mine || !(await dropSuppressed(rig.ctx, mine))) throw new Error('not claimed');
    await rig.siaran.suppress(numbers(0, 2));
    const intent = { worker: 'test', startedAt: null, movedBy: null, ttlMs: 5_000 };
    expect(await intendSend(rig.ctx.db, mine, intent)).toBeUndefined();
    await checked(id);
    await releaseClaim(rig.ctx.db, mine);
    await deliver(id, 1);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    await checked(id);
  });

  test('is being uploaded when it is suppressed', async () => {
    const id = await chunked(10);
    rig.sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 300, times: 1 }]);
    const delivering = deliver(id, 1);
    await eventually(
      async () => rig.sandbox.accepted.summary().requests.upload,
      (uploads) => uploads === 1,
    );
    await rig.siaran.suppress(numbers(0, 2));
    await delivering;
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    expect(await checked(id)).toMatchObject({ batches: { uploaded: 1 } });
    await deliver(id, 1);
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
    await checked(id);
  });

  test('failed before it was suppressed, and is retried', async () => {
    const id = await chunked(10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, times: 1 }]);
    await deliver(id, 1);
    await rig.siaran.suppress(numbers(0, 2));
    expect(await checked(id)).toMatchObject({ recipients: { failed: 10, suppressed: 0 } });
    await rig.siaran.retry(id);
    await deliver(id, 1);
    expect(await checked(id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 8, suppressed: 2 } });
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
  });

  test('has an unknown batch that turns out not to have been sent', async () => {
    const id = await chunked(10);
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-reading', times: 1 }]);
    await deliver(id, 1);
    await rig.siaran.suppress(numbers(0, 2));
    expect(await checked(id)).toMatchObject({ recipients: { unknown: 10, suppressed: 0 } });
    await rig.siaran.resolve(`${id}-0001`, { notSent: true, force: true }, { by: 'dewi' });
    await deliver(id, 1);
    expect(await checked(id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 8, suppressed: 2 } });
    expect(messaged(0, 1, 2)).toEqual([0, 1, 0]);
  });
});

describe('a suppressed recipient', () => {
  test('that is enqueued again is a duplicate, whichever way it was left out', async () => {
    await rig.siaran.suppress(numbers(0));
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(1_000), { source: 'a' });
    await chunkRun(rig.ctx, id);
    await rig.siaran.enqueue(id, invoices(10, 1_000), { source: 'b' });
    await chunkRun(rig.ctx, id);
    await rig.siaran.suppress(numbers(1));
    await deliver(id, 1);
    expect((await checked(id)).recipients).toMatchObject({ scheduled: 999, pending: 9, suppressed: 2 });
    // The first of these is refused by the primary key; the second intake has had duplicates.
    await rig.siaran.enqueue(id, invoices(3), { source: 'c' });
    await chunkRun(rig.ctx, id);
    expect((await checked(id)).recipients).toMatchObject({ suppressed: 2, duplicates: 3 });
    await rig.siaran.suppress(numbers(5_000));
    await rig.siaran.enqueue(id, [...invoices(2), ...invoices(2, 5_000), ...invoices(1, 5_000)], { source: 'c' });
    await chunkRun(rig.ctx, id);
    expect((await checked(id)).recipients).toMatchObject({ suppressed: 3, duplicates: 6, pending: 10 });
  });

  test('was handed over before, and stays handed over', async () => {
    const id = await chunked(10);
    await deliver(id, 1);
    await rig.siaran.suppress(numbers(0));
    await rig.work();
    expect(await checked(id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 10, suppressed: 0 } });
  });

  test('is messaged again by later runs once it is taken off the list', async () => {
    await rig.siaran.suppress(numbers(0));
    const before = await chunked(10);
    await rig.siaran.unsuppress(numbers(0));
    await deliver(before, 1);
    expect(messaged(0)).toEqual([0]);
    await deliver(await chunked(10), 1);
    expect(messaged(0, 1)).toEqual([1, 2]);
    await checked(before);
  });

  test('that is nowhere counted, or counted and nowhere, is a breach', async () => {
    await rig.siaran.suppress(numbers(0));
    const id = await chunked(10);
    await rig.query('DELETE FROM recipients WHERE batch_number = 0');
    expect((await rig.siaran.verify(id)).breaches).toEqual([
      { rule: 'each suppressed recipient is counted', detail: '1 are counted, 0 are found' },
    ]);
  });

  test('stays on the list when its run is purged', async () => {
    await rig.siaran.suppress(numbers(0));
    const id = await chunked(10);
    await deliver(id, 1);
    await reconcile(rig.ctx);
    let removed = 0;
    for await (const slice of purge(rig.ctx, 0)) removed += slice.recipients;
    expect(removed).toBe(10);
    expect(await rig.query('SELECT 1 FROM suppressions')).toHaveLength(1);
    expect((await checked(id)).recipients).toMatchObject({ suppressed: 1, scheduled: 9 });
  });
});

describe('a batch of which nobody is left', () => {
  test('is cancelled and says why, and its run is delivered and takes more', async () => {
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, invoices(1_003), { source: 'a' });
    await chunkRun(rig.ctx, id);
    await rig.siaran.suppress(Array.from(invoices(1_000), ({ phone_number }) => phone_number));
    await deliver(id, 1);
    expect(await rig.siaran.batches(id)).toMatchObject([
      { status: 'cancelled', recipients: 0, error: 'everybody in it is suppressed', attempts: 0 },
      { status: 'pending', recipients: 3 },
    ]);
    await rig.siaran.enqueue(id, invoices(2, 2_000), { source: 'b' });
    await rig.siaran.seal(id);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over' });
    expect((await checked(id)).recipients).toMatchObject({ scheduled: 5, suppressed: 1_000, cancelled: 0 });
    expect(await rig.siaran.retry(id)).toEqual({ batches: 0, recipients: 0 });
    await rig.siaran.cancel(id);
    expect(await rig.siaran.run(id)).toMatchObject({ outcome: 'handed_over' });
  });

  test('and that is a single message, without a file, is not sent', async () => {
    const id = await chunked(1);
    await rig.query('UPDATE batches SET individual = true');
    await rig.siaran.suppress(numbers(0));
    await deliver(id, 1);
    expect(await checked(id)).toMatchObject({ outcome: 'nobody', recipients: { suppressed: 1, pending: 0 } });
    expect(rig.sandbox.accepted.summary().requests).toMatchObject({ upload: 0, send: 0, client: 0 });
  });

  test('and whose file was uploaded is not sent', async () => {
    const id = await uploaded(3);
    await rig.siaran.suppress(numbers(0, 1, 2));
    await letHandOver(id);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'nobody', recipients: { suppressed: 3 } });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await checked(id);
  });

  test('stops a run that it was the first of until that is resumed, and this is told', async () => {
    const id = await chunked(30, { first: 3 });
    await rig.siaran.suppress(numbers(0, 1, 2));
    await deliver(id, 1);
    expect(await checked(id)).toMatchObject({
      status: 'paused',
      held: { kind: 'first', reason: 'everybody of the first batch is suppressed; the rest waits until it is resumed' },
    });
    expect(await rig.query('SELECT event, detail FROM notices')).toEqual([
      {
        event: 'hold',
        detail: {
          kind: 'first',
          reason: 'everybody of the first batch is suppressed; the rest waits until it is resumed',
        },
      },
    ]);
    await deliver(id, 2);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await rig.siaran.resume(id);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 27 } });
    await checked(id);
  });

  test('does not hold a first batch of which somebody is left', async () => {
    const id = await chunked(30, { first: 3 });
    await rig.siaran.suppress(numbers(0, 1));
    await deliver(id, 1);
    expect(await checked(id)).toMatchObject({ status: 'paused', recipients: { scheduled: 1, suppressed: 2 } });
    expect(messaged(0, 1, 2)).toEqual([0, 0, 1]);
  });
});

test('a claim that was lost leaves nobody out', async () => {
  const id = await chunked(10);
  const lost = await claim(`${id}-0001`);
  if (!lost) throw new Error('not claimed');
  await rig.query('UPDATE batches SET claim_token = gen_random_uuid()');
  await rig.siaran.suppress(numbers(0, 1));
  expect(await dropSuppressed(rig.ctx, lost)).toBeUndefined();
  expect((await checked(id)).recipients).toMatchObject({ pending: 10, suppressed: 0 });
});

test('a run that is cancelled while somebody is left out stays cancelled', async () => {
  const id = await chunked(10);
  const mine = await claim(`${id}-0001`);
  if (!mine) throw new Error('not claimed');
  await rig.siaran.suppress(numbers(0));
  const operator = new Client({ connectionString: rig.databaseUrl });
  await operator.connect();
  try {
    await operator.query('BEGIN');
    await operator.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [id]);
    const dropping = dropSuppressed(rig.ctx, mine);
    await eventually(
      () => rig.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"),
      (waiting) => waiting.length === 1,
    );
    await operator.query('UPDATE runs SET cancelled_at = now() WHERE id = $1', [id]);
    await operator.query("UPDATE batches SET status = 'cancelled', claim_token = NULL, claim_expires_at = NULL");
    await operator.query('COMMIT');
    expect(await dropping).toBeUndefined();
  } finally {
    await operator.end();
  }
  expect(await checked(id)).toMatchObject({ recipients: { cancelled: 10, suppressed: 0 } });
});

test('a late answer still settles a batch from which somebody was left out since, and shows that its job has more', async () => {
  const id = await chunked(10);
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await deliver(id, 1);
  await rig.query('UPDATE attempts SET answered_at = NULL, outcome = NULL');
  await rig.siaran.resolve(`${id}-0001`, { notSent: true, force: true }, { by: 'dewi' });
  await rig.siaran.suppress(numbers(0));
  const mine = await claim(`${id}-0001`);
  if (!mine) throw new Error('not claimed');
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

describe('the list', () => {
  test('takes a number once, however it is written, keeps its first reason, and lets it go', async () => {
    const siaran = rig.open({ SIARAN_DEFAULT_COUNTRY: 'ID' });
    const forms = ['0812-1000-0000', phoneNumber(0), Number(phoneNumber(0)), '+62 812 1000 0001'];
    expect(await siaran.suppress(forms, { reason: 'asked by phone' })).toEqual({ added: 2, already: 0 });
    expect(await siaran.suppress(numbers(1, 2))).toEqual({ added: 1, already: 1 });
    const listed = [];
    for await (const entry of siaran.suppressed()) listed.push(entry);
    expect(listed).toEqual([
      { phoneNumber: phoneNumber(0), reason: 'asked by phone', source: 'operator', addedAt: expect.any(String) },
      { phoneNumber: phoneNumber(1), reason: 'asked by phone', source: 'operator', addedAt: expect.any(String) },
      { phoneNumber: phoneNumber(2), reason: 'no reason given', source: 'operator', addedAt: expect.any(String) },
    ]);
    expect(await siaran.unsuppress(numbers(1, 3))).toEqual({ removed: 1, absent: 1 });
  });

  test('takes nothing if one of the numbers is none, and names each of those, masked', async () => {
    const wrong = rig.siaran.suppress([phoneNumber(0), '081234567', 'call me']);
    await expect(wrong).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^phone_number "0812\*\*\*67" .*\nphone_number "call me" has letters/),
    });
    expect(await rig.query('SELECT 1 FROM suppressions')).toEqual([]);
    await expect(rig.siaran.suppress(phoneNumber(0))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(rig.siaran.suppress([], { reason: '' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('takes 10,000 numbers of a file, says which rows are none, and the same file again changes nothing', async () => {
    const rows = async function* () {
      yield* invoices(10_000);
      yield { customer_name: 'nobody' };
      yield { phone_number: '12' };
    };
    const [importing, again] = [startImporting(), startImporting()];
    await importSuppressions(rig.ctx, rows(), 'imported', importing);
    expect(importing).toMatchObject({ added: 10_000, already: 0, rejected: 2 });
    expect(importing.rejections.map(({ position }) => position)).toEqual([10_001, 10_002]);
    await importSuppressions(rig.ctx, rows(), 'imported', again);
    expect(again).toMatchObject({ added: 0, already: 10_000, rejected: 2 });
    const id = await chunked(12_000);
    for (let turn = 0; turn < 3; turn += 1) await chunkRun(rig.ctx, id);
    expect((await checked(id)).recipients).toMatchObject({ suppressed: 10_000, pending: 2_000 });
  });

  test('takes the same numbers in opposite orders at the same time', async () => {
    const all = Array.from(invoices(3_000), ({ phone_number }) => phone_number);
    const results = await Promise.all([1, 2, 3, 4].map((at) => rig.siaran.suppress(at % 2 ? all : all.toReversed())));
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(3_000);
    await Promise.all([rig.siaran.unsuppress(all), rig.siaran.unsuppress(all.toReversed()), rig.siaran.suppress(all)]);
  });
});

test('a ledger that went back leaves nobody out of a batch that it has forgotten was sent', async () => {
  const id = await chunked(10);
  await deliver(id, 1);
  await rig.query("UPDATE batches SET status = 'uploaded', attempts = 0, broadcast_job_id = NULL");
  await rig.query('DELETE FROM attempts');
  await rig.siaran.suppress(numbers(0));
  rig.ctx.ledgerTrust.doubt();
  await deliver(id, 1);
  expect(await rig.siaran.batches(id)).toMatchObject([{ status: 'uploaded', recipients: 10 }]);
  expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'ledger_went_back' } });
  expect(messaged(0, 1)).toEqual([1, 1]);
});
