import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { writeHold } from '../../../src/pipeline/delivery/hold.js';
import { sendNotices } from '../../../src/pipeline/reconcile/notify.js';
import { lookForForgotten, reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { claimNotices, recordUndelivered } from '../../../src/store/notices.js';
import { run, start, until } from '../../cli/siaran.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';

const key = Buffer.from('0123456789abcdef01234567');
const secret = `whsec_${key.toString('base64')}`;

let receiver: Receiver;
let rig: Rig;
beforeEach(async () => {
  receiver = await startReceiver(key);
  rig = await startRig({
    env: {
      ...{ SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' },
      SIARAN_NOTIFY_URL: receiver.url,
      SIARAN_NOTIFY_SECRET: secret,
    },
  });
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

const settings = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

/** A sealed run whose batches are cut, and not delivered. */
async function chunked(count: number): Promise<string> {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  await rig.siaran.seal(id);
  for (let rows = count; rows > 0; rows -= 5_000) await chunkRun(rig.ctx, id);
  return id;
}

const deliver = (runId: string, number: number) =>
  deliverBatch(rig.ctx, `${runId}-${String(number).padStart(4, '0')}`, { probing: false });

async function ended(): Promise<string> {
  const runId = await chunked(10);
  await deliver(runId, 1);
  await reconcile(rig.ctx);
  return runId;
}

const tell = () => sendNotices(rig.ctx);
const makeDue = () => rig.query('UPDATE notices SET next_try_at = now() WHERE delivered_at IS NULL');
const notices = () =>
  rig.query<{ attempts: number; error: string | null; delivered: boolean; given_up: boolean; wait: number }>(
    `SELECT attempts, error, delivered_at IS NOT NULL AS delivered, given_up_at IS NOT NULL AS given_up,
            extract(epoch FROM next_try_at - now())::float8 AS wait FROM notices ORDER BY created_at`,
  );
const events = () => receiver.received.map(({ body }) => body.event);

describe('each event is told once, signed,', () => {
  test('by several workers that look at the same time', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    await Promise.all([rig.work(), rig.work(), rig.work()]);
    const { runId } = await rig.siaran.broadcast({ ...settings, recipients: invoices(1_010) });
    await finished(rig.siaran, runId);
    await eventually(notices, (rows) => rows.length === 2 && rows.every(({ delivered }) => delivered));
    expect(events().sort()).toEqual(['batch.unknown', 'run.finished']);
    expect(receiver.received.every(({ genuine }) => genuine)).toBe(true);
    const [unknown] = receiver.of('batch.unknown');
    expect(unknown?.body).toMatchObject({
      id: unknown?.headers['webhook-id'],
      run: { id: runId, name: 'December' },
      batch: { id: expect.stringContaining(`${runId}-000`), recipients: expect.any(Number), error: expect.any(String) },
      hold: null,
    });
    expect(receiver.of('run.finished')[0]?.body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      event: 'run.finished',
      at: expect.stringMatching(/Z$/),
      run: {
        ...{ id: runId, name: 'December', status: 'finished', outcome: 'needs_attention' },
        recipients: expect.objectContaining({ enqueued: 1_010, duplicates: 0 }),
        batches: expect.objectContaining({ scheduled: 1, unknown: 1 }),
      },
      batch: null,
      hold: null,
    });
  });

  test('by processes that claim at the same time', async () => {
    await rig.query(
      `INSERT INTO notices (event, account, detail) SELECT 'hold', 'default', '{"kind":"unknowns","reason":"x"}' FROM generate_series(1, 40)`,
    );
    await Promise.all([tell(), tell(), tell()]);
    expect(new Set(receiver.received.map(({ body }) => body.id)).size).toBe(40);
    expect(receiver.received).toHaveLength(40);
  });

  test('when a worker was lost while it sent', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const runId = await chunked(10);
    await deliver(runId, 1);
    await rig.query(`UPDATE batches SET status = 'sending', claim_expires_at = now()`);
    await reconcile(rig.ctx);
    await tell();
    // The first one is of the send's own answer.
    expect(receiver.of('batch.unknown').map(({ body }) => body.batch?.error)).toEqual([
      expect.any(String),
      expect.stringContaining('The worker was lost'),
    ]);
  });

  test('when a batch is put back as unknown into a ledger that had lost it', async () => {
    const runId = await ended();
    await tell();
    await rig.query('DELETE FROM attempts');
    await rig.query('DELETE FROM batch_rows');
    await rig.query('DELETE FROM batches');
    await rig.siaran.repairLedger();
    await tell();
    expect(receiver.of('batch.unknown').map(({ body }) => body.batch)).toEqual([
      {
        ...{ id: `${runId}-0001`, recipients: 0, evidence: null },
        error: 'Postgres went back to an older state and lost this send.',
      },
    ]);
  });
});

describe('a notice that is not taken', () => {
  test('comes again under the same id, later each time, until it is', async () => {
    await ended();
    receiver.answers.push(500, 503);
    await tell();
    const [first] = await notices();
    expect(first).toMatchObject({ attempts: 1, error: 'HTTP 500', delivered: false });
    expect(first?.wait).toBeGreaterThan(3);
    expect(first?.wait).toBeLessThan(7);
    await tell();
    expect(receiver.received).toHaveLength(1);
    await makeDue();
    await tell();
    const [second] = await notices();
    expect(second).toMatchObject({ attempts: 2, error: 'HTTP 503' });
    expect(second?.wait).toBeGreaterThan(7);
    await makeDue();
    await tell();
    await tell();
    expect(new Set(receiver.received.map(({ body }) => body.id)).size).toBe(1);
    expect(receiver.received).toHaveLength(3);
    expect(await notices()).toMatchObject([{ attempts: 3, error: null, delivered: true }]);
  });

  test('because nobody was there comes when somebody is', async () => {
    await ended();
    await receiver.close();
    await tell();
    expect(await notices()).toMatchObject([{ error: expect.stringContaining('ECONNREFUSED'), delivered: false }]);
    receiver = await startReceiver(key, receiver.port);
    await makeDue();
    await tell();
    expect(events()).toEqual(['run.finished']);
  });

  test('because its worker stopped goes on with another, not before the claim has ended', async () => {
    await ended();
    const [claimed] = await claimNotices(rig.ctx.db, 10, 60_000);
    if (!claimed) throw new Error('nothing was due');
    await tell();
    expect(receiver.received).toEqual([]);
    await makeDue();
    await rig.work();
    await eventually(notices, ([row]) => row?.delivered === true);
    expect(events()).toEqual(['run.finished']);
    // The stopped one comes to life again: what it has to say is old.
    for (const attempt of [1, 2]) await recordUndelivered(rig.ctx.db, { ...claimed, attempt }, 'no answer', 0);
    expect(await notices()).toMatchObject([{ delivered: true, error: null }]);
  });

  test('for a day is given up, and one that nobody sent for a day is never sent', async () => {
    await ended();
    receiver.answers.push(500);
    await tell();
    await rig.query(
      `INSERT INTO notices (event, account, detail) VALUES ('hold', 'default', '{"kind":"unknowns","reason":"x"}')`,
    );
    await makeDue();
    await rig.query(`UPDATE notices SET created_at = created_at - interval '1 day'`);
    await tell();
    expect(receiver.received).toHaveLength(1);
    expect(await notices()).toMatchObject([
      { attempts: 1, given_up: true, delivered: false },
      { attempts: 0, given_up: true, delivered: false },
    ]);
    const { code, stdout } = await run(['doctor', '--json'], { env: rig.env });
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { check: string }[]).find(({ check }) => check === 'Notices')).toEqual({
      check: 'Notices',
      ok: false,
      detail: 'none wait; 1 given up in the last day; the latest failure: HTTP 500',
      todo: expect.stringContaining(`127.0.0.1:${receiver.port}`),
    });
  });
});

describe('without a webhook', () => {
  test('nothing is sent, and what is old is removed', async () => {
    await ended();
    const { SIARAN_NOTIFY_URL: _, ...env } = rig.env;
    await sendNotices({ ...rig.ctx, config: { ...rig.ctx.config, notify: undefined } });
    expect(await notices()).toMatchObject([{ attempts: 0, given_up: false }]);
    const { stdout } = await run(['doctor', '--json'], { env });
    expect(JSON.parse(stdout)).toContainEqual({
      check: 'Notices',
      ok: true,
      detail: 'SIARAN_NOTIFY_URL is not set',
      todo: null,
    });
    await rig.query(`UPDATE notices SET created_at = created_at - interval '6 days'`);
    await lookForForgotten(rig.ctx);
    expect(await notices()).toHaveLength(1);
    await rig.query(`UPDATE notices SET created_at = created_at - interval '1 day'`);
    await lookForForgotten(rig.ctx);
    expect(await notices()).toEqual([]);
    expect(receiver.received).toEqual([]);
  });
});

describe('the end of a run', () => {
  const ends = async () => {
    await reconcile(rig.ctx);
    await tell();
    return receiver.of('run.finished').map(({ body }) => body.run?.outcome);
  };

  test('is told when its last batch is settled, not before, and once', async () => {
    const runId = await chunked(1_010);
    await deliver(runId, 1);
    expect(await ends()).toEqual([]);
    await deliver(runId, 2);
    expect(await ends()).toEqual(['handed_over']);
    expect(await ends()).toEqual(['handed_over']);
  });

  test.each([
    ['nothing came', [], 0],
    ['every row was rejected', [{ phone_number: 'abc', customer_name: 'x', body_variable1: 'y' }], 1],
  ])('is told as nobody of a run of which %s', async (_, recipients, rejected) => {
    const sent = await rig.siaran.broadcast({ ...settings, recipients });
    expect(sent).toEqual({ runId: expect.any(String), accepted: 0, rejected });
    await chunkRun(rig.ctx, sent.runId);
    expect(await ends()).toEqual(['nobody']);
    expect(await rig.siaran.run(sent.runId)).toMatchObject({ status: 'finished', outcome: 'nobody' });
  });

  test('is not told while the run takes recipients', async () => {
    const { id } = await rig.siaran.startRun({ ...settings, flushAfter: '1ms' });
    await rig.siaran.enqueue(id, invoices(5), { source: 'list' });
    await chunkRun(rig.ctx, id);
    await rig.query(`UPDATE batches SET opened_at = opened_at - interval '1 second'`);
    await chunkRun(rig.ctx, id);
    await deliver(id, 1);
    expect(await rig.siaran.run(id)).toMatchObject({ status: 'open', batches: { scheduled: 1 } });
    expect(await ends()).toEqual([]);
    await rig.siaran.seal(id);
    expect(await ends()).toEqual([]);
    await chunkRun(rig.ctx, id);
    expect(await ends()).toEqual(['handed_over']);
  });

  test('is told again after a retry, however fast that is; one that retries nothing tells nothing', async () => {
    rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad template', times: 1 }]);
    const runId = await chunked(1);
    await deliver(runId, 1);
    expect(await ends()).toEqual(['refused']);
    await rig.siaran.retry(runId);
    await deliver(runId, 1);
    expect(await ends()).toEqual(['refused', 'handed_over']);
    await rig.siaran.retry(runId);
    await rig.siaran.retry(`${runId}-0001`);
    expect(await ends()).toHaveLength(2);
  });

  test('is told again after recipients that Redis had lost came in', async () => {
    const runId = await ended();
    await rig.query('UPDATE intakes SET blocks = blocks + 1, rows = rows + 5 WHERE run_id = $1', [runId]);
    expect(await ends()).toEqual(['needs_attention']);
    await rig.siaran.enqueue(runId, invoices(15), { source: 'list' });
    await chunkRun(rig.ctx, runId);
    await deliver(runId, 2);
    expect(await ends()).toEqual(['needs_attention', 'handed_over']);
  });

  test('is told again after an unknown batch was sent once more, not when that is refused or it was found', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const runId = await chunked(5);
    const batchId = `${runId}-0001`;
    await deliver(runId, 1);
    expect(await ends()).toEqual(['needs_attention']);
    const by = { by: 'dewi' };
    await expect(rig.siaran.resolve(batchId, { notSent: true }, by)).rejects.toMatchObject({ code: 'NOT_SETTLED' });
    expect(await ends()).toHaveLength(1);
    await rig.siaran.resolve(batchId, { notSent: true, force: true }, by);
    await deliver(runId, 1);
    expect(await ends()).toEqual(['needs_attention', 'handed_over']);
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const other = await chunked(5);
    await deliver(other, 1);
    expect(await ends()).toHaveLength(3);
    await rig.siaran.resolve(`${other}-0001`, { sent: 4711 }, by);
    expect(await ends()).toHaveLength(3);
  });

  test('is told again after a late answer that lets a batch wait once more', async () => {
    const runId = await ended();
    await tell();
    await rig.query(`UPDATE batches SET status = 'uploaded', broadcast_job_id = NULL WHERE run_id = $1`, [runId]);
    expect(await ends()).toHaveLength(1);
    await deliver(runId, 1);
    expect(await ends()).toHaveLength(2);
  });

  test('of a cancelled run is told once nothing of it is under way; cancelling what has ended tells nothing', async () => {
    const runId = await chunked(1_010);
    await deliver(runId, 1);
    await rig.siaran.cancel(runId);
    expect(await ends()).toEqual([]);
    await chunkRun(rig.ctx, runId);
    expect(await ends()).toEqual(['cancelled']);
    const delivered = await ended();
    expect(await ends()).toHaveLength(2);
    await rig.siaran.cancel(delivered);
    expect(await ends()).toHaveLength(2);
    await chunkRun(rig.ctx, delivered);
    expect(await ends()).toHaveLength(2);
  });
});

describe('a hold', () => {
  const hold = (kind: 'refused' | 'unreachable' | 'rate_limited', reason = 'HTTP 401: no') =>
    rig.ctx.db.$transaction((tx) => writeHold(tx, 'default', { kind, reason, waitMs: undefined }));
  const holds = async () => {
    await tell();
    return receiver.of('hold').map(({ body }) => body.hold);
  };

  test('of an account is told when it begins, not when it is renewed or probed, and again when it comes back', async () => {
    await hold('refused');
    await hold('refused', 'HTTP 401: still no');
    await rig.query(`UPDATE holds SET probe_at = now() - interval '1 second'`);
    await reconcile(rig.ctx);
    await hold('refused', 'HTTP 401: even now');
    expect(await holds()).toEqual([{ account: 'default', kind: 'refused', reason: 'HTTP 401: no' }]);
    expect(receiver.received[0]?.body).toMatchObject({ event: 'hold', run: null, batch: null });
    await rig.query('UPDATE holds SET lifted_at = now()');
    await hold('refused', 'HTTP 401: again');
    expect(await holds()).toHaveLength(2);
    await rig.siaran.resumeAll();
    await hold('refused');
    expect(await holds()).toHaveLength(3);
  });

  test('for being throttled is everyday', async () => {
    await hold('rate_limited', 'HTTP 429: slow down');
    await rig.query('UPDATE holds SET lifted_at = now()');
    await hold('rate_limited', 'HTTP 429: slow down');
    expect(await holds()).toEqual([]);
  });

  const holdRun = (runId: string, kind: string, reason = `held: ${kind}`) =>
    rig.query('UPDATE runs SET held_kind = $2, held_reason = $3, held_at = now() WHERE id = $1', [runId, kind, reason]);

  test('of a run is told when it begins or changes, and not while the run is being prepared', async () => {
    const runId = await chunked(5);
    await holdRun(runId, 'preparing');
    expect(await holds()).toEqual([]);
    await holdRun(runId, 'balance');
    await holdRun(runId, 'balance', 'still too little');
    expect(await holds()).toEqual([{ account: null, kind: 'balance', reason: 'held: balance' }]);
    expect(receiver.received[0]?.body.run).toMatchObject({ id: runId, status: 'paused' });
  });

  test('for a first batch is told when that batch is settled', async () => {
    const runId = await chunked(1_010);
    await holdRun(runId, 'first');
    expect(await holds()).toEqual([]);
    await deliver(runId, 1);
    expect(await holds()).toEqual([{ account: null, kind: 'first', reason: 'held: first' }]);
    await rig.query('UPDATE runs SET held_kind = NULL, held_reason = NULL, held_at = NULL');
    await deliver(runId, 2);
    expect(await holds()).toHaveLength(1);
    await holdRun(runId, 'first');
    expect(await holds()).toHaveLength(1);
  });

  test('for a first batch that is already settled is told at once, and not at all if nothing waits behind it', async () => {
    const runId = await chunked(1_010);
    await deliver(runId, 1);
    await holdRun(runId, 'first');
    expect(await holds()).toHaveLength(1);
    const short = await chunked(5);
    await holdRun(short, 'first');
    await deliver(short, 1);
    expect(await holds()).toHaveLength(1);
  });
});

test('what is told and logged holds no number, no secret and no password', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const runId = await chunked(5);
  await deliver(runId, 1);
  await reconcile(rig.ctx);
  const [number, password] = [phoneNumber(1), 'sesame-open-up'];
  await rig.query('UPDATE runs SET name = $1', [`For ${number}`]);
  await rig.query('UPDATE batches SET error = $1', [`${number} was refused`]);
  await rig.query(
    `INSERT INTO notices (event, account, detail) VALUES ('hold', 'default', jsonb_build_object('kind', 'refused', 'reason', $1::text))`,
    [`not for +${number}`],
  );
  receiver.answers.push(500);
  const url = receiver.url.replace('//', `//dewi:${password}@`);
  const worker = start(['worker'], { env: { ...rig.env, SIARAN_NOTIFY_URL: url, LOG_LEVEL: 'trace' } });
  try {
    await until(async () => (await notices()).filter(({ delivered }) => delivered).length === 3, 'all to be told');
  } finally {
    worker.child.kill('SIGTERM');
  }
  const { stderr } = await worker.ended;
  const told = receiver.received.map(({ text }) => text).join('\n');
  expect(told).toContain(`6281*******${number.slice(-2)}`);
  expect(stderr).toMatch(/notice not delivered/);
  for (const text of [told, stderr])
    for (const word of [number, password, secret, key.toString('base64'), key.toString()])
      expect(text).not.toContain(word);
});
