import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { readAnswer } from '../../../src/pipeline/delivery/read-answer.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { intendSend, recordAnswer } from '../../../src/store/attempts.js';
import { type Claim, claimBatch, recordUpload } from '../../../src/store/claims.js';
import { eventually, finished, invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

/** A run with one batch that is ready to be delivered. */
async function oneBatch(): Promise<{ runId: string; batchId: string }> {
  const { id } = await rig.siaran.startRun({ name: 'deliver', templateDetailId: 172, columns: invoiceColumns });
  await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  return { runId: id, batchId: `${id}-0001` };
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
    const operator = new Client({ connectionString: rig.databaseUrl });
    await operator.connect();
    try {
      await operator.query('BEGIN');
      await operator.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [runId]);
      await operator.query(`UPDATE runs SET ${mark} = now() WHERE id = $1`, [runId]);
      const intent = intendSend(rig.ctx.db, mine, { worker: 'test', startedAt: null, movedBy: null, ttlMs: 5_000 });
      await eventually(
        () =>
          rig.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"),
        (waiting) => waiting.length === 1,
      );
      await operator.query('COMMIT');
      expect(await intent).toBeUndefined();
    } finally {
      await operator.end();
    }
    expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', attempts: 0 });
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
  });

  test('lets chunking of its run pass, and chunking lets it pass', async () => {
    const { runId, batchId } = await oneBatch();
    const chunker = new Client({ connectionString: rig.databaseUrl });
    await chunker.connect();
    try {
      await chunker.query('BEGIN');
      await chunker.query('SELECT 1 FROM runs WHERE id = $1 FOR NO KEY UPDATE', [runId]);
      expect(await claim(batchId)).toBeDefined();
    } finally {
      await chunker.end();
    }
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
    await deliverBatch(rig.ctx, batchId, { probing: false });
    await deliverBatch(rig.ctx, batchId, { probing: true });
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

test('a delivery that is stalled past its deadline writes nothing to the provider', async () => {
  const { runId, batchId } = await oneBatch();
  // The claim would end before a request could: the intent is taken back, nothing is sent.
  const hurried = { ...rig.ctx, config: { ...rig.ctx.config, claimTtlMs: rig.ctx.config.requestTimeoutMs } };
  await deliverBatch(hurried, batchId, { probing: false });
  expect(rig.sandbox.accepted.summary().requests.send).toBe(0);
  expect(await statusOf(runId)).toMatchObject({
    status: 'uploaded',
    attempts: 1,
    error: expect.stringContaining('had passed'),
  });
});

test('a Postgres that commits the intent and dies before it says so leaves nothing unknown: nothing was sent', async () => {
  const { runId, batchId } = await oneBatch();
  const db = new Proxy(rig.ctx.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== '$queryRaw') return value;
      return async (parts: TemplateStringsArray, ...values: unknown[]) => {
        const rows = await target.$queryRaw(parts, ...values);
        if (parts.join('').includes('INSERT INTO attempts')) throw new Error('read ECONNRESET');
        return rows;
      };
    },
  });
  await expect(deliverBatch({ ...rig.ctx, db }, batchId, { probing: false })).rejects.toThrow('ECONNRESET');
  expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', attempts: 1 });
  expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 2 });
});

test('a second delivery of the same queue job sends nothing', async () => {
  const { runId, batchId } = await oneBatch();
  await Promise.all(Array.from({ length: 5 }, () => deliverBatch(rig.ctx, batchId, { probing: false })));
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await deliverBatch(rig.ctx, 'rnope-0001', { probing: false });
  expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 1 });
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

test('an answer is recorded before it is logged', async () => {
  const { runId, batchId } = await oneBatch();
  const said: unknown[] = [];
  const refuse = (...words: unknown[]) => {
    said.push(words[1]);
    throw new Error('no space left on device');
  };
  const log = { ...rig.ctx.logger, info: refuse, warn: refuse, error: refuse, fatal: refuse, debug: refuse };
  const child = () => ({ ...log, info: (...words: unknown[]) => words[1] === 'uploaded' || refuse(...words) });
  const logger = { ...log, child } as unknown as typeof rig.ctx.logger;
  await expect(deliverBatch({ ...rig.ctx, logger }, batchId, { probing: false })).rejects.toThrow('no space');
  expect(said).toEqual(['answered']);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 1 });
});

test('workers that are told to stop begin no send', async () => {
  const { runId, batchId } = await oneBatch();
  await deliverBatch({ ...rig.ctx, stopping: AbortSignal.abort() }, batchId, { probing: false });
  expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', attempts: 0 });
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled' });
});

test('an operator who lifts holds while answers come in keeps none of them from being recorded', async () => {
  const answers = Array.from({ length: 6 }, async () => {
    const { runId, batchId } = await oneBatch();
    await deliverBatch(rig.ctx, batchId, { probing: false });
    return statusOf(runId);
  });
  const lifting = (async () => {
    for (let time = 0; time < 30; time += 1) await rig.siaran.resumeAll();
  })();
  for (const batch of await Promise.all(answers)) expect(batch).toMatchObject({ status: 'scheduled' });
  await lifting;
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

test('queue jobs that are lost are rebuilt from Postgres', async () => {
  const { runId } = await oneBatch();
  await rig.redis.del(...(await rig.redis.keys(`{${rig.env.SIARAN_PREFIX}}:*`)));
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
});

test('a worker that lost its claim while it uploaded does not send', async () => {
  const { runId, batchId } = await oneBatch();
  rig.sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 300, times: 1 }]);
  const slow = deliverBatch(rig.ctx, batchId, { probing: false });
  await eventually(
    () => rig.query('SELECT 1 FROM batches WHERE id = $1 AND claim_token IS NOT NULL', [batchId]),
    (rows) => rows.length === 1,
  );
  await rig.query("UPDATE batches SET claim_expires_at = now() - interval '1 second' WHERE id = $1", [batchId]);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await slow;
  expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 1 });
});

test('a batch whose rows in the ledger were damaged fails, and no file of it leaves the house', async () => {
  const { runId, batchId } = await oneBatch();
  await rig.ctx.db.$executeRaw`
    UPDATE batch_rows SET lines = replace(lines, '["628', '["+628') WHERE batch_id = ${batchId}`;
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(await statusOf(runId)).toMatchObject({
    status: 'failed',
    error: "not sent: row 1 of its ledger isn't a phone number and a value for each column",
  });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ files: 0, jobs: 0, requests: { upload: 0, send: 0 } });
});
