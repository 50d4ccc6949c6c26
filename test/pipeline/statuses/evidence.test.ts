import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { lookForForgotten, reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { settleByEvidence } from '../../../src/pipeline/statuses/settle-by-evidence.js';
import { recordAnswer } from '../../../src/store/attempts.js';
import { settleAsSent } from '../../../src/store/evidence.js';
import { lockResolutions, resolveUnknown } from '../../../src/store/resolutions.js';
import { eventually, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { item, tell } from '../../support/statuses.js';

let rig: Rig;
let runId: string;
let batchId: string;
let [from, free] = [0, 0];
const by = { by: 'dewi' };
const notSent = { notSent: true, force: true } as const;

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_SETTLE_AFTER: '1h' } });
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.query('TRUNCATE holds');
  await rig.query('UPDATE accounts SET unknown_streak = 0');
});

/** A run of one batch whose send got no answer. Each has numbers of its own. */
async function unknownRun(size: number, fault = 'close-after-accepting' as const): Promise<void> {
  rig.sandbox.setFaults([{ on: 'send', kind: fault, times: 1 }]);
  takeNumbers(size);
  await sentRun(size, from);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'unknown', evidence: null }]);
}

/** Numbers that no other test has begin at `from`. */
function takeNumbers(count: number): void {
  [from, free] = [free, free + count];
}

async function sentRun(size: number, first: number): Promise<string> {
  const { id } = await rig.siaran.startRun({ name: 'Evidence', templateDetailId: 172, columns: invoiceColumns });
  await rig.siaran.enqueue(id, invoices(size, first));
  await rig.siaran.seal(id);
  [runId, batchId] = [id, `${id}-0001`];
  await chunkRun(rig.ctx, id);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  return id;
}

/** Callbacks about the first so many of its messages, so many minutes after it began. */
async function report(count: number, { minutes = 1, first = from, tag = runId } = {}): Promise<void> {
  const at = new Date(Date.now() + minutes * 60_000);
  const items = Array.from({ length: count }, (_, index) =>
    item(`wamid.${tag}.${first + index}`, 'delivered', at, phoneNumber(first + index)),
  );
  await tell(rig, ...items);
}

async function batch() {
  const [found] = await rig.siaran.batches(runId);
  return found;
}

const jobId = () => rig.sandbox.accepted.jobs().at(-1)?.id ?? 0;

describe('an unknown broadcast', () => {
  beforeEach(() => unknownRun(60));

  test('shows what callbacks tell, in the batch, the run and what is refused', async () => {
    await report(7);
    expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 7, of: 60, settledBy: null } });
    expect((await rig.siaran.run(runId)).evidence).toEqual({ batches: 1, reported: 7, of: 60, settled: 0 });
  });

  test('is not called not sent while anything is told of it, forced or not', async () => {
    await report(1);
    for (const resolution of [notSent, { notSent: true } as const, { ...notSent, despiteEvidence: 59 }])
      await expect(rig.siaran.resolve(batchId, resolution, by)).rejects.toMatchObject({
        code: 'EVIDENCE',
        message: expect.stringContaining('1 of 60 messages were reported'),
      });
    expect(await batch()).toMatchObject({ status: 'unknown' });
  });

  test('is called not sent against evidence by its size alone, and that is kept', async () => {
    await report(2);
    await rig.siaran.resolve(batchId, { ...notSent, despiteEvidence: 60 }, by);
    expect(
      await rig.query("SELECT outcome, evidence FROM attempts WHERE kind = 'resolve' AND batch_id = $1", [batchId]),
    ).toEqual([{ outcome: 'not_sent', evidence: { reported: 2, of: 60 } }]);
    await reconcile(rig.ctx);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await batch()).toMatchObject({ status: 'scheduled', attempts: 2 });
    const { ok, breaches } = await rig.siaran.verify(runId);
    expect({ ok, rules: breaches.map(({ rule }) => rule) }).toEqual({
      ok: false,
      rules: ['what was resolved as not sent is not reported'],
    });
    // The second messages come too: these two people have been messaged twice.
    await report(2, { minutes: 3, tag: 'again' });
    expect((await rig.siaran.verify(runId)).breaches.map(({ rule }) => rule)).toContain(
      'nobody is messaged twice, as far as callbacks tell',
    );
  });

  test.each([
    ['a fifth of its messages, and ten numbers', 12, 'scheduled'],
    ['less than a fifth', 11, 'unknown'],
  ])('of which is told: %s', async (_, count, status) => {
    await report(count);
    await settleByEvidence(rig.ctx);
    expect(await batch()).toMatchObject({ status });
  });

  test('is settled as sent without a job, marked so, and the law and verify know it', async () => {
    await report(40);
    await lookForForgotten(rig.ctx);
    expect(await batch()).toMatchObject({
      status: 'scheduled',
      broadcastJobId: null,
      evidence: { reported: 40, of: 60, settledBy: 'evidence' },
    });
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'finished', outcome: 'handed_over' });
    expect(await rig.siaran.verify(runId)).toEqual({ runId, ok: true, breaches: [] });
    expect(
      await rig.query("SELECT number, outcome, evidence FROM attempts WHERE kind = 'evidence' AND batch_id = $1", [
        batchId,
      ]),
    ).toEqual([{ number: 1, outcome: 'scheduled', evidence: { reported: 40, of: 60 } }]);
    // Whoever comes second finds nothing to do.
    await settleByEvidence(rig.ctx);
    expect(await rig.query("SELECT 1 FROM attempts WHERE kind = 'evidence' AND batch_id = $1", [batchId])).toHaveLength(
      1,
    );
  });

  test('is only shown where evidence is to suggest', async () => {
    await report(60);
    await settleByEvidence({ ...rig.ctx, config: { ...rig.ctx.config, evidence: 'suggest' } });
    expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 60 } });
  });

  test.each([
    ['more than an hour after it began', { minutes: 61 }],
    ['before it began', { minutes: -3 }],
  ])('is not settled by messages that were on their way %s', async (_, when) => {
    await report(60, when);
    await settleByEvidence(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 60 } });
  });

  test('is not settled by messages that may be those of another broadcast', async () => {
    const unknown = runId;
    await sentRun(55, from);
    [runId, batchId] = [unknown, `${unknown}-0001`];
    await report(55, { tag: 'one' });
    await report(55, { tag: 'other' });
    await settleByEvidence(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 55 } });
  });

  test('is not settled when somebody resolved it meanwhile', async () => {
    await rig.siaran.resolve(batchId, { sent: jobId() }, by);
    const broadcast = { batchId, send: 1, attempts: 1 };
    expect(await settleAsSent(rig.ctx.db, broadcast, { worker: 'late', reported: 60, of: 60 })).toBe(false);
    expect(await batch()).toMatchObject({ broadcastJobId: jobId() });
  });

  test('is not settled when it was sent again meanwhile', async () => {
    await rig.siaran.resolve(batchId, notSent, by);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    await report(60);
    await settleByEvidence(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'scheduled', broadcastJobId: jobId() });
  });
});

test('a broadcast to fewer than ten is settled by all of its messages only', async () => {
  await unknownRun(4);
  await report(3);
  await settleByEvidence(rig.ctx);
  expect(await batch()).toMatchObject({ status: 'unknown' });
  await report(4);
  await settleByEvidence(rig.ctx);
  expect(await batch()).toMatchObject({ status: 'scheduled' });
});

test("a file with a single recipient is not settled: one callback may be an agent's chat", async () => {
  await unknownRun(1);
  await report(1);
  await settleByEvidence(rig.ctx);
  expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 1, of: 1 } });
});

test("yesterday's broadcast to the same people, whose messages came yesterday, is no other candidate", async () => {
  takeNumbers(20);
  const before = from;
  const yesterday = await sentRun(20, before);
  await rig.query(`UPDATE batches SET handed_over_at = now() - interval '1 day', started_at = NULL WHERE run_id = $1`, [
    yesterday,
  ]);
  await report(20, { minutes: -1430, tag: 'yesterday' });
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await sentRun(20, before);
  await report(20, { tag: 'today' });
  await settleByEvidence(rig.ctx);
  expect(await batch()).toMatchObject({ status: 'scheduled', evidence: { reported: 20, settledBy: 'evidence' } });
});

test('a refusal that comes after evidence has settled a batch is named by verify, and can be corrected', async () => {
  await unknownRun(12);
  const [attempt] = await rig.query<{ token: string }>(
    'UPDATE attempts SET answered_at = NULL, outcome = NULL WHERE batch_id = $1 RETURNING token',
    [batchId],
  );
  await report(12);
  await settleByEvidence(rig.ctx);
  const late = { outcome: 'failed', httpStatus: 400, broadcastJobId: null, broadcastJob: null, error: 'no' } as const;
  expect(await recordAnswer(rig.ctx.db, attempt?.token ?? '', late)).toMatchObject({ settlement: 'ignored' });
  expect((await rig.siaran.verify(runId)).breaches).toMatchObject([{ rule: 'what counts as sent was not refused' }]);
  await rig.siaran.resolve(batchId, { sent: jobId(), correct: true }, by);
  expect(await batch()).toMatchObject({ status: 'scheduled', broadcastJobId: jobId() });
});

test('a batch of a run that was purged is not called not sent: nobody could be messaged again', async () => {
  await unknownRun(12);
  await report(12);
  await settleByEvidence(rig.ctx);
  await rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [runId]);
  await expect(
    rig.siaran.resolve(batchId, { ...notSent, despiteEvidence: 12, correct: true }, by),
  ).rejects.toMatchObject({ code: 'RUN_PURGED' });
});

describe('callbacks about a send that was called not sent stop every later one', () => {
  beforeEach(async () => {
    await unknownRun(20);
    await rig.siaran.resolve(batchId, notSent, by);
  });
  afterEach(() => rig.sandbox.setFaults([]));

  test.each([
    ['was throttled', { on: 'send', kind: 'http', status: 429, times: 1 }, 'uploaded'],
    ['was refused, and retried', { on: 'send', kind: 'http', status: 400, times: 1 }, 'failed'],
  ] as const)('also after one that %s', async (_, fault, status) => {
    rig.sandbox.setFaults([fault]);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await batch()).toMatchObject({ status, attempts: 2 });
    await report(20, { minutes: 0 });
    await rig.query('TRUNCATE holds');
    if (status === 'failed') await rig.siaran.retry(runId);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    await reconcile(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 20, of: 20 } });
    expect(jobsOf(runId)).toHaveLength(1);
    await settleByEvidence(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'scheduled', attempts: 2 });
    expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
  });

  test('and are evidence against calling that one not sent, when it got no answer either', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-before-reading', times: 1 }]);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    await rig.query("UPDATE batches SET status = 'unknown' WHERE id = $1", [batchId]);
    await rig.query("UPDATE attempts SET outcome = 'unknown' WHERE batch_id = $1 AND number = 2", [batchId]);
    await report(20, { minutes: 0 });
    await expect(rig.siaran.resolve(batchId, notSent, by)).rejects.toMatchObject({ code: 'EVIDENCE' });
  });
});

test('evidence that was overruled is not a licence for what is told afterwards', async () => {
  await unknownRun(30);
  await report(2);
  const said = { ...notSent, despiteEvidence: 30, seen: 2 };
  await report(3);
  await expect(rig.siaran.resolve(batchId, said, by)).rejects.toMatchObject({ code: 'EVIDENCE' });
  await rig.siaran.resolve(batchId, { ...said, seen: 3 }, by);
  await report(30);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await reconcile(rig.ctx);
  expect(await batch()).toMatchObject({ status: 'unknown', attempts: 1, evidence: { reported: 30 } });
});

test('an answer that comes after evidence has settled its batch gives it its job', async () => {
  await unknownRun(12);
  const [attempt] = await rig.query<{ token: string }>(
    'UPDATE attempts SET answered_at = NULL, outcome = NULL WHERE batch_id = $1 RETURNING token',
    [batchId],
  );
  await report(12);
  await settleByEvidence(rig.ctx);
  const job = { id: 815, total_recipient: 12 };
  const late = { outcome: 'scheduled', httpStatus: 200, broadcastJobId: 815, broadcastJob: job, error: null } as const;
  expect(await recordAnswer(rig.ctx.db, attempt?.token ?? '', late)).toMatchObject({ settlement: 'settled' });
  expect(await batch()).toMatchObject({ status: 'scheduled', broadcastJobId: 815, evidence: null });
});

describe('a batch that was resolved as not sent, and of which callbacks tell afterwards', () => {
  beforeEach(async () => {
    await unknownRun(20);
    await rig.siaran.resolve(batchId, notSent, by);
  });

  test('is not sent again: its send is refused, and it is unknown once more', async () => {
    await report(1);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await batch()).toMatchObject({ status: 'uploaded', attempts: 1 });
    await reconcile(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 1 } });
    expect(jobsOf(runId)).toHaveLength(1);
    expect((await rig.siaran.verify(runId)).breaches).toMatchObject([
      { rule: 'what was resolved as not sent is not reported' },
    ]);
  });

  test('counts as out from then on, so that nobody fires it anew', async () => {
    const isOut = () => rig.query('SELECT is_out(b) AS out FROM batches b WHERE id = $1', [batchId]);
    expect(await isOut()).toEqual([{ out: false }]);
    await report(1);
    expect(await isOut()).toEqual([{ out: true }]);
    await rig.siaran.cancel(runId);
    expect(await isOut()).toEqual([{ out: true }]);
  });

  test('is settled as sent where they tell enough, and nothing is wrong any more', async () => {
    await report(20);
    await reconcile(rig.ctx);
    await settleByEvidence(rig.ctx);
    expect(await batch()).toMatchObject({ status: 'scheduled', attempts: 1 });
    expect(await rig.siaran.verify(runId)).toEqual({ runId, ok: true, breaches: [] });
  });

  test('is waited for by a resolution that meets a callback which is being written', async () => {
    await rig.siaran.resolve(batchId, { sent: 77, correct: true }, by);
    const { outcome } = await rig.ctx.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM runs WHERE id = ${runId} FOR KEY SHARE`;
      const resolving = await blocked(() => rig.siaran.resolve(batchId, { ...notSent, correct: true }, by));
      await tx.$executeRaw`
        INSERT INTO broadcast_logs (account, batch_id, send, phone_number, message_id, status)
        VALUES ('default', ${batchId}, 1, ${BigInt(phoneNumber(from))}, 'wamid.race', 'sent')`;
      return resolving;
    });
    await expect(outcome).rejects.toMatchObject({ code: 'EVIDENCE' });
  });
});

/** Begins a resolution, and comes back when it waits for somebody's lock, or is over. */
async function blocked<T>(resolve: () => Promise<T>): Promise<{ outcome: Promise<T> }> {
  let isOver = false;
  const outcome = resolve().finally(() => {
    isOver = true;
  });
  outcome.catch(() => {});
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  await eventually(
    () => rig.query(waiting),
    (rows) => isOver || rows.length > 0,
  );
  return { outcome };
}

function jobsOf(id: string) {
  return rig.sandbox.accepted.jobs().filter(({ name }) => name.startsWith(`[${id}-`));
}

describe('a resolution', () => {
  beforeEach(() => unknownRun(10));

  test('with a job that another batch has is refused', async () => {
    const [first, job] = [batchId, jobId()];
    await rig.siaran.resolve(first, { sent: job }, by);
    await unknownRun(10);
    await expect(rig.siaran.resolve(batchId, { sent: job }, by)).rejects.toMatchObject({ code: 'JOB_TAKEN' });
    expect(await batch()).toMatchObject({ status: 'unknown' });
  });

  test('of two batches at once with the same job is taken of one', async () => {
    const [first, job] = [batchId, 990_000 + from];
    await unknownRun(10);
    const { outcome } = await rig.ctx.db.$transaction(async (tx) => {
      await lockResolutions(tx);
      await resolveUnknown(tx, first, { sent: job }, { by: 'dewi', reason: null, settleAfterMs: 0 });
      return blocked(() => rig.siaran.resolve(batchId, { sent: job }, by));
    });
    await expect(outcome).rejects.toMatchObject({ code: 'JOB_TAKEN' });
  });

  test('that was wrong is corrected as long as nothing was sent since', async () => {
    await rig.siaran.resolve(batchId, notSent, by);
    await expect(rig.siaran.resolve(batchId, { sent: jobId() }, by)).rejects.toMatchObject({
      code: 'NOT_UNKNOWN',
      message: expect.stringContaining('--correct'),
    });
    await rig.siaran.resolve(batchId, { sent: jobId(), correct: true }, by);
    expect(await batch()).toMatchObject({ status: 'scheduled', broadcastJobId: jobId() });
    await rig.siaran.resolve(batchId, { ...notSent, correct: true }, by);
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await batch()).toMatchObject({ status: 'scheduled', attempts: 2 });
    await expect(rig.siaran.resolve(batchId, { sent: 1, correct: true }, by)).rejects.toMatchObject({
      code: 'NOT_UNKNOWN',
    });
    expect(await rig.query("SELECT 1 FROM attempts WHERE kind = 'resolve' AND batch_id = $1", [batchId])).toHaveLength(
      3,
    );
  });

  test('of a batch that was answered has nothing to correct', async () => {
    takeNumbers(3);
    await sentRun(3, from);
    await expect(rig.siaran.resolve(batchId, { ...notSent, correct: true }, by)).rejects.toMatchObject({
      code: 'NOT_UNKNOWN',
    });
  });
});

test('a single message is never settled by evidence, and is not called not sent against it', async () => {
  rig.sandbox.setFaults([{ on: 'client', kind: 'close-after-accepting', times: 1 }]);
  takeNumbers(1);
  const sent = await rig.siaran.sendMessage({
    ...{ phoneNumber: phoneNumber(from), templateDetailId: 172, channelId: 5, wait: '0s' },
    ...{ templateName: 'reminder', namespace: 'n', language: 'id' },
  });
  [runId, batchId] = [sent.runId, sent.batchId];
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await report(1);
  await settleByEvidence(rig.ctx);
  expect(await batch()).toMatchObject({ status: 'unknown', evidence: { reported: 1, of: 1, settledBy: null } });
  await expect(rig.siaran.resolve(batchId, notSent, by)).rejects.toMatchObject({ code: 'EVIDENCE' });
});
