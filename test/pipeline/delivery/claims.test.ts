import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAnswer } from '../../../src/pipeline/delivery/read-answer.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { intendSend, recordAnswer } from '../../../src/store/attempts.js';
import { type Claim, claimBatch, recordUpload } from '../../../src/store/claims.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, chunked, deliver, waitForLock, withClient } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

/** A run with one batch that is ready to be delivered. */
async function oneBatch(): Promise<{ runId: string; batchId: string }> {
  const runId = await chunked(rig, 10);
  return { runId, batchId: batchIdOf(runId, 1) };
}

const claim = (batchId: string, ttlMs = 5_000) =>
  claimBatch(rig.ctx.db, { batchId, accounts: ['default'], token: randomUUID(), ttlMs, probing: false });
const statusOf = async (runId: string) => (await rig.siaran.batches(runId))[0];

async function uploaded(batchId: string): Promise<Claim> {
  const mine = await claim(batchId);
  if (!mine) throw new Error('not claimed');
  await recordUpload(rig.ctx.db, mine, { broadcastFileId: 7_000_000_000, answer: {}, ttlMs: 5_000 });
  return mine;
}

async function sending(batchId: string, ttlMs = 5_000) {
  const mine = await uploaded(batchId);
  const attempt = await intendSend(rig.ctx.db, mine, { worker: 'test', startedAt: null, movedBy: null, ttlMs });
  if (!attempt) throw new Error('not intended');
  return attempt;
}

const accepted = {
  outcome: 'scheduled',
  httpStatus: 200,
  broadcastJobId: 8_000_000_000,
  broadcastJob: { id: 8_000_000_000, total_recipient: 10 },
  error: null,
} as const;

describe('a claim', () => {
  test('is given to one of many that ask at once', async () => {
    const { batchId } = await oneBatch();
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(batchId)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test('that ran out can be taken over, and what the first holder does no longer counts', async () => {
    const { runId, batchId } = await oneBatch();
    const first = await claim(batchId, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await claim(batchId);
    if (!first || !second) throw new Error('not claimed');
    const upload = { broadcastFileId: 1, answer: {}, ttlMs: 5_000 };
    expect(await recordUpload(rig.ctx.db, first, upload)).toBe(false);
    expect(
      await intendSend(rig.ctx.db, first, { worker: 'first', startedAt: null, movedBy: null, ttlMs: 5_000 }),
    ).toBeUndefined();
    expect(await recordUpload(rig.ctx.db, second, { ...upload, broadcastFileId: 2 })).toBe(true);
    expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', broadcastFileId: 2, attempts: 0 });
  });

  test.each(['paused_at', 'cancelled_at'])('waits for a %s that is being committed, and obeys it', async (mark) => {
    const { runId, batchId } = await oneBatch();
    const mine = await uploaded(batchId);
    await withClient(rig, async (operator) => {
      await operator.query('BEGIN');
      await operator.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [runId]);
      await operator.query(`UPDATE runs SET ${mark} = now() WHERE id = $1`, [runId]);
      const intent = intendSend(rig.ctx.db, mine, { worker: 'test', startedAt: null, movedBy: null, ttlMs: 5_000 });
      await waitForLock(rig);
      await operator.query('COMMIT');
      expect(await intent).toBeUndefined();
    });
    expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', attempts: 0 });
    await deliver(rig, runId, 1);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
  });

  test('lets chunking of its run pass, and chunking lets it pass', async () => {
    const { runId, batchId } = await oneBatch();
    await withClient(rig, async (chunker) => {
      await chunker.query('BEGIN');
      await chunker.query('SELECT 1 FROM runs WHERE id = $1 FOR NO KEY UPDATE', [runId]);
      expect(await claim(batchId)).toBeDefined();
    });
  });
});

describe('a send whose worker was lost', () => {
  test('is unknown when its claim has run out, not before, and is never sent again', async () => {
    const { runId, batchId } = await oneBatch();
    await sending(batchId, 300);
    await reconcile(rig.ctx);
    expect(await statusOf(runId)).toMatchObject({ status: 'sending' });
    await new Promise((resolve) => setTimeout(resolve, 320));
    await Promise.all([reconcile(rig.ctx), reconcile(rig.ctx), reconcile(rig.ctx)]);
    expect(await statusOf(runId)).toMatchObject({ status: 'unknown', attempts: 1 });
    await rig.work();
    await deliver(rig, runId, 1);
    await deliver(rig, runId, 1, { probing: true });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    expect(await rig.query("SELECT unknown_streak FROM accounts WHERE name = 'default'")).toEqual([
      { unknown_streak: 1 },
    ]);
  });

  test('is settled by its late answer', async () => {
    const { runId, batchId } = await oneBatch();
    const attempt = await sending(batchId, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await reconcile(rig.ctx);
    expect(await recordAnswer(rig.ctx.db, attempt.token, accepted)).toMatchObject({ settlement: 'settled' });
    expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', broadcastJobId: accepted.broadcastJobId });
    expect(await recordAnswer(rig.ctx.db, attempt.token, accepted)).toMatchObject({ settlement: 'repeated' });
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'handed_over' });
  });

  test('counts no more among those that hold its account, once its answer comes', async () => {
    const attempts = [];
    for (let count = 0; count < 3; count += 1) attempts.push(await sending((await oneBatch()).batchId, 1));
    const holds = async () => {
      await reconcile(rig.ctx);
      return (await rig.query<{ kind: string }>('SELECT kind FROM active_holds')).map(({ kind }) => kind);
    };
    await eventually(holds, (kinds) => kinds.length === 1);
    expect(await holds()).toEqual(['unknowns']);
    // A worker that was cut off tells that it hadn't begun: nobody has anything to look up any more.
    const [first] = attempts;
    const unsent = readAnswer({ reached: 'withheld', error: 'late' });
    expect(await recordAnswer(rig.ctx.db, first?.token ?? '', unsent)).toMatchObject({ settlement: 'settled' });
    expect(await holds()).toEqual([]);
    expect(await rig.query('SELECT unknown_streak FROM accounts')).toEqual([{ unknown_streak: 2 }]);
    // One that has answered already takes nothing back again.
    await recordAnswer(rig.ctx.db, first?.token ?? '', unsent);
    expect(await rig.query('SELECT unknown_streak FROM accounts')).toEqual([{ unknown_streak: 2 }]);
  });

  test('is an extra one when it was accepted after another attempt was made', async () => {
    const { runId, batchId } = await oneBatch();
    const first = await sending(batchId, 1);
    // An operator was told that it had not been sent, and a second attempt went through.
    await rig.query(
      "UPDATE batches SET status = 'uploaded', claim_token = NULL, claim_expires_at = NULL WHERE id = $1",
      [batchId],
    );
    const second = await sending(batchId);
    expect(await recordAnswer(rig.ctx.db, second.token, { ...accepted, broadcastJobId: 9 })).toMatchObject({
      settlement: 'settled',
    });
    expect(await recordAnswer(rig.ctx.db, first.token, accepted)).toMatchObject({ settlement: 'extra' });
    expect(await rig.siaran.run(runId)).toMatchObject({
      outcome: 'needs_attention',
      extraSends: [{ batchId, broadcastJobId: accepted.broadcastJobId }],
    });
    expect(await rig.query('SELECT broadcast_job_id FROM attempts WHERE extra')).toEqual([
      { broadcast_job_id: String(accepted.broadcastJobId) },
    ]);
  });
});

test('an answer with characters that Postgres does not take is recorded all the same', async () => {
  const { runId, batchId } = await oneBatch();
  const attempt = await sending(batchId);
  const text = JSON.stringify({
    data: { broadcast_job: { id: 8_000_000_001, total_recipient: 10, name: 'a\0b\ud83dc' } },
  });
  const answered = readAnswer({ status: 200, retryAfter: undefined, text });
  expect(await recordAnswer(rig.ctx.db, attempt.token, answered)).toMatchObject({ settlement: 'settled' });
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', broadcastJobId: 8_000_000_001 });
  const refused = readAnswer({ status: 422, retryAfter: undefined, text: '{"error":"bad\\u0000row"}' });
  expect(refused).toMatchObject({ outcome: 'failed', error: expect.not.stringContaining('\0') });
});

test('a job whose total is not the size of the batch needs attention', async () => {
  const { runId, batchId } = await oneBatch();
  const attempt = await sending(batchId);
  await recordAnswer(rig.ctx.db, attempt.token, {
    ...accepted,
    broadcastJob: { id: 8_000_000_000, total_recipient: 9 },
  });
  expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'needs_attention' });
});
