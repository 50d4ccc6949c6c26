import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { settleByEvidence } from '../../../src/pipeline/statuses/settle-by-evidence.js';
import { lockResolutions, resolveUnknown } from '../../../src/store/resolutions.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { deliver } from '../../support/runs.js';
import {
  batch,
  batchId,
  from,
  jobId,
  lookAt,
  report,
  runId,
  sentRun,
  takeNumbers,
  unknownRun,
} from '../unknown-run.js';

let rig: Rig;
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

describe('callbacks about a send that was called not sent stop every later one', () => {
  beforeEach(async () => {
    await unknownRun(rig, 20);
    await rig.siaran.resolve(batchId, notSent, by);
  });
  afterEach(() => rig.sandbox.setFaults([]));

  test.each([
    ['was throttled', { on: 'send', kind: 'http', status: 429, times: 1 }, 'uploaded'],
    ['was refused, and retried', { on: 'send', kind: 'http', status: 400, times: 1 }, 'failed'],
  ] as const)('also after one that %s', async (_, fault, status) => {
    rig.sandbox.setFaults([fault]);
    await deliver(rig, runId, 1);
    expect(await batch(rig)).toMatchObject({ status, attempts: 2 });
    await report(rig, 20, { minutes: 0 });
    await rig.query('TRUNCATE holds');
    if (status === 'failed') await rig.siaran.retry(runId);
    await deliver(rig, runId, 1);
    await reconcile(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 20, of: 20 } });
    expect(jobsOf(runId)).toHaveLength(1);
    await settleByEvidence(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'scheduled', attempts: 2 });
    expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
  });

  test('and are evidence against calling that one not sent, when it got no answer either', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-before-reading', times: 1 }]);
    await deliver(rig, runId, 1);
    await rig.query("UPDATE batches SET status = 'unknown' WHERE id = $1", [batchId]);
    await rig.query("UPDATE attempts SET outcome = 'unknown' WHERE batch_id = $1 AND number = 2", [batchId]);
    await report(rig, 20, { minutes: 0 });
    await expect(rig.siaran.resolve(batchId, notSent, by)).rejects.toMatchObject({ code: 'EVIDENCE' });
  });
});

test('evidence that was overruled is not a licence for what is told afterwards', async () => {
  await unknownRun(rig, 30);
  await report(rig, 2);
  const said = { ...notSent, despiteEvidence: 30, seen: 2 };
  await report(rig, 3);
  await expect(rig.siaran.resolve(batchId, said, by)).rejects.toMatchObject({ code: 'EVIDENCE' });
  await rig.siaran.resolve(batchId, { ...said, seen: 3 }, by);
  await report(rig, 30);
  await deliver(rig, runId, 1);
  await reconcile(rig.ctx);
  expect(await batch(rig)).toMatchObject({ status: 'unknown', attempts: 1, evidence: { reported: 30 } });
});

describe('a batch that was resolved as not sent, and of which callbacks tell afterwards', () => {
  beforeEach(async () => {
    await unknownRun(rig, 20);
    await rig.siaran.resolve(batchId, notSent, by);
  });

  test('is not sent again: its send is refused, and it is unknown once more', async () => {
    await report(rig, 1);
    await deliver(rig, runId, 1);
    expect(await batch(rig)).toMatchObject({ status: 'uploaded', attempts: 1 });
    await reconcile(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 1 } });
    expect(jobsOf(runId)).toHaveLength(1);
    expect((await rig.siaran.verify(runId)).breaches).toMatchObject([
      { rule: 'what was resolved as not sent is not reported' },
    ]);
  });

  test('counts as out from then on, so that nobody fires it anew', async () => {
    const isOut = () => rig.query('SELECT is_out(b) AS out FROM batches b WHERE id = $1', [batchId]);
    expect(await isOut()).toEqual([{ out: false }]);
    await report(rig, 1);
    expect(await isOut()).toEqual([{ out: true }]);
    await rig.siaran.cancel(runId);
    expect(await isOut()).toEqual([{ out: true }]);
  });

  test('is settled as sent where they tell enough, and nothing is wrong any more', async () => {
    await report(rig, 20);
    await reconcile(rig.ctx);
    await settleByEvidence(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'scheduled', attempts: 1 });
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
  beforeEach(() => unknownRun(rig, 10));

  test('with a job that another batch has is refused', async () => {
    const [first, job] = [batchId, jobId(rig)];
    await rig.siaran.resolve(first, { sent: job }, by);
    await unknownRun(rig, 10);
    await expect(rig.siaran.resolve(batchId, { sent: job }, by)).rejects.toMatchObject({ code: 'JOB_TAKEN' });
    expect(await batch(rig)).toMatchObject({ status: 'unknown' });
  });

  test('of two batches at once with the same job is taken of one', async () => {
    const [first, job] = [batchId, 990_000 + from];
    await unknownRun(rig, 10);
    const { outcome } = await rig.ctx.db.$transaction(async (tx) => {
      await lockResolutions(tx);
      await resolveUnknown(tx, first, { sent: job }, { by: 'dewi', reason: null, settleAfterMs: 0 });
      return blocked(() => rig.siaran.resolve(batchId, { sent: job }, by));
    });
    await expect(outcome).rejects.toMatchObject({ code: 'JOB_TAKEN' });
  });

  test('that was wrong is corrected as long as nothing was sent since', async () => {
    await rig.siaran.resolve(batchId, notSent, by);
    await expect(rig.siaran.resolve(batchId, { sent: jobId(rig) }, by)).rejects.toMatchObject({
      code: 'NOT_UNKNOWN',
      message: expect.stringContaining('--correct'),
    });
    await rig.siaran.resolve(batchId, { sent: jobId(rig), correct: true }, by);
    expect(await batch(rig)).toMatchObject({ status: 'scheduled', broadcastJobId: jobId(rig) });
    await rig.siaran.resolve(batchId, { ...notSent, correct: true }, by);
    await deliver(rig, runId, 1);
    expect(await batch(rig)).toMatchObject({ status: 'scheduled', attempts: 2 });
    await expect(rig.siaran.resolve(batchId, { sent: 1, correct: true }, by)).rejects.toMatchObject({
      code: 'NOT_UNKNOWN',
    });
    expect(await rig.query("SELECT 1 FROM attempts WHERE kind = 'resolve' AND batch_id = $1", [batchId])).toHaveLength(
      3,
    );
  });

  test('of a batch that was answered has nothing to correct', async () => {
    takeNumbers(3);
    await sentRun(rig, 3, from);
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
  lookAt(sent.runId);
  await deliver(rig, runId, 1);
  await report(rig, 1);
  await settleByEvidence(rig.ctx);
  expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 1, of: 1, settledBy: null } });
  await expect(rig.siaran.resolve(batchId, notSent, by)).rejects.toMatchObject({ code: 'EVIDENCE' });
});

test.each([
  ['neither', { force: true }],
  ['a misspelt word', { job: 5, force: true }],
  ['not that it was not sent', { notSent: false, force: true }],
  ['both', { sent: 5, ...notSent }],
])('what says %s settles nothing: nobody is messaged again for it', async (_, found) => {
  await unknownRun(rig, 20);
  await expect(rig.siaran.resolve(batchId, found as never, by)).rejects.toMatchObject({ code: 'USAGE' });
  expect(await batch(rig)).toMatchObject({ status: 'unknown' });
});
