import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { lookForForgotten, reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { settleByEvidence } from '../../../src/pipeline/statuses/settle-by-evidence.js';
import { recordAnswer } from '../../../src/store/attempts.js';
import { settleAsSent } from '../../../src/store/evidence.js';
import { type Rig, startRig } from '../../support/rig.js';
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

/** The send as its worker would have left it if it had been frozen before it could record the answer. */
async function unanswered(): Promise<string> {
  const [attempt] = await rig.query<{ token: string }>(
    'UPDATE attempts SET answered_at = NULL, outcome = NULL WHERE batch_id = $1 RETURNING token',
    [batchId],
  );
  return attempt?.token ?? '';
}

describe('an unknown broadcast', () => {
  beforeEach(() => unknownRun(rig, 60));

  test('shows what callbacks tell, in the batch, the run and what is refused', async () => {
    await report(rig, 7);
    expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 7, of: 60, settledBy: null } });
    expect((await rig.siaran.run(runId)).evidence).toEqual({ batches: 1, reported: 7, of: 60, settled: 0 });
  });

  test('is not called not sent while anything is told of it, forced or not', async () => {
    await report(rig, 1);
    for (const resolution of [notSent, { notSent: true } as const, { ...notSent, despiteEvidence: 59 }])
      await expect(rig.siaran.resolve(batchId, resolution, by)).rejects.toMatchObject({
        code: 'EVIDENCE',
        message: expect.stringContaining('1 of 60 messages were reported'),
      });
    expect(await batch(rig)).toMatchObject({ status: 'unknown' });
  });

  test('is called not sent against evidence by its size alone, and that is kept', async () => {
    await report(rig, 2);
    await rig.siaran.resolve(batchId, { ...notSent, despiteEvidence: 60 }, by);
    expect(
      await rig.query("SELECT outcome, evidence FROM attempts WHERE kind = 'resolve' AND batch_id = $1", [batchId]),
    ).toEqual([{ outcome: 'not_sent', evidence: { reported: 2, of: 60 } }]);
    await reconcile(rig.ctx);
    await deliver(rig, runId, 1);
    expect(await batch(rig)).toMatchObject({ status: 'scheduled', attempts: 2 });
    const { ok, breaches } = await rig.siaran.verify(runId);
    expect({ ok, rules: breaches.map(({ rule }) => rule) }).toEqual({
      ok: false,
      rules: ['what was resolved as not sent is not reported'],
    });
    // The second messages come too: these two people have been messaged twice.
    await report(rig, 2, { minutes: 3, tag: 'again' });
    expect((await rig.siaran.verify(runId)).breaches.map(({ rule }) => rule)).toContain(
      'nobody is messaged twice, as far as callbacks tell',
    );
  });

  test.each([
    ['a fifth of its messages, and ten numbers', 12, 'scheduled'],
    ['less than a fifth', 11, 'unknown'],
  ])('of which is told: %s', async (_, count, status) => {
    await report(rig, count);
    await settleByEvidence(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status });
  });

  test('is settled as sent without a job, marked so, and the law and verify know it', async () => {
    await report(rig, 40);
    await lookForForgotten(rig.ctx);
    expect(await batch(rig)).toMatchObject({
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
    await report(rig, 60);
    await settleByEvidence({ ...rig.ctx, config: { ...rig.ctx.config, evidence: 'suggest' } });
    expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 60 } });
  });

  test.each([
    ['more than an hour after it began', { minutes: 61 }],
    ['before it began', { minutes: -3 }],
  ])('is not settled by messages that were on their way %s', async (_, when) => {
    await report(rig, 60, when);
    await settleByEvidence(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 60 } });
  });

  test('is not settled by messages that may be those of another broadcast', async () => {
    const unknown = runId;
    await sentRun(rig, 55, from);
    lookAt(unknown);
    await report(rig, 55, { tag: 'one' });
    await report(rig, 55, { tag: 'other' });
    await settleByEvidence(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 55 } });
  });

  test('is not settled when somebody resolved it meanwhile', async () => {
    await rig.siaran.resolve(batchId, { sent: jobId(rig) }, by);
    const broadcast = { batchId, send: 1, attempts: 1 };
    expect(await settleAsSent(rig.ctx.db, broadcast, { worker: 'late', reported: 60, of: 60 })).toBe(false);
    expect(await batch(rig)).toMatchObject({ broadcastJobId: jobId(rig) });
  });

  test('is not settled when it was sent again meanwhile', async () => {
    await rig.siaran.resolve(batchId, notSent, by);
    await deliver(rig, runId, 1);
    await report(rig, 60);
    await settleByEvidence(rig.ctx);
    expect(await batch(rig)).toMatchObject({ status: 'scheduled', broadcastJobId: jobId(rig) });
  });
});

test('a broadcast to fewer than ten is settled by all of its messages only', async () => {
  await unknownRun(rig, 4);
  await report(rig, 3);
  await settleByEvidence(rig.ctx);
  expect(await batch(rig)).toMatchObject({ status: 'unknown' });
  await report(rig, 4);
  await settleByEvidence(rig.ctx);
  expect(await batch(rig)).toMatchObject({ status: 'scheduled' });
});

test("a file with a single recipient is not settled: one callback may be an agent's chat", async () => {
  await unknownRun(rig, 1);
  await report(rig, 1);
  await settleByEvidence(rig.ctx);
  expect(await batch(rig)).toMatchObject({ status: 'unknown', evidence: { reported: 1, of: 1 } });
});

test("yesterday's broadcast to the same people, whose messages came yesterday, is no other candidate", async () => {
  takeNumbers(20);
  const before = from;
  const yesterday = await sentRun(rig, 20, before);
  await rig.query(`UPDATE batches SET handed_over_at = now() - interval '1 day', started_at = NULL WHERE run_id = $1`, [
    yesterday,
  ]);
  await report(rig, 20, { minutes: -1430, tag: 'yesterday' });
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await sentRun(rig, 20, before);
  await report(rig, 20, { tag: 'today' });
  await settleByEvidence(rig.ctx);
  expect(await batch(rig)).toMatchObject({ status: 'scheduled', evidence: { reported: 20, settledBy: 'evidence' } });
});

test('a refusal that comes after evidence has settled a batch is named by verify, and can be corrected', async () => {
  await unknownRun(rig, 12);
  const token = await unanswered();
  await report(rig, 12);
  await settleByEvidence(rig.ctx);
  const late = { outcome: 'failed', httpStatus: 400, broadcastJobId: null, broadcastJob: null, error: 'no' } as const;
  expect(await recordAnswer(rig.ctx.db, token, late)).toMatchObject({ settlement: 'ignored' });
  expect((await rig.siaran.verify(runId)).breaches).toMatchObject([{ rule: 'what counts as sent was not refused' }]);
  await rig.siaran.resolve(batchId, { sent: jobId(rig), correct: true }, by);
  expect(await batch(rig)).toMatchObject({ status: 'scheduled', broadcastJobId: jobId(rig) });
});

test('a batch of a run that was purged is not called not sent: nobody could be messaged again', async () => {
  await unknownRun(rig, 12);
  await report(rig, 12);
  await settleByEvidence(rig.ctx);
  await rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [runId]);
  await expect(
    rig.siaran.resolve(batchId, { ...notSent, despiteEvidence: 12, correct: true }, by),
  ).rejects.toMatchObject({ code: 'RUN_PURGED' });
});

test('an answer that comes after evidence has settled its batch gives it its job', async () => {
  await unknownRun(rig, 12);
  const token = await unanswered();
  await report(rig, 12);
  await settleByEvidence(rig.ctx);
  const job = { id: 815, total_recipient: 12 };
  const late = { outcome: 'scheduled', httpStatus: 200, broadcastJobId: 815, broadcastJob: job, error: null } as const;
  expect(await recordAnswer(rig.ctx.db, token, late)).toMatchObject({ settlement: 'settled' });
  expect(await batch(rig)).toMatchObject({ status: 'scheduled', broadcastJobId: 815, evidence: null });
});
