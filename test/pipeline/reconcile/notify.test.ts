import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sendNotices } from '../../../src/pipeline/reconcile/notify.js';
import { lookForForgotten, reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { claimNotices, recordUndelivered } from '../../../src/store/notices.js';
import { run, start, until } from '../../cli/siaran.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { eventually, finished, invoices, phoneNumber, type Rig } from '../../support/rig.js';
import { chunked, december, deliver } from '../../support/runs.js';
import { ended, key, secret, startNotifiedRig, tell } from './notified-rig.js';

let rig: Rig;
let receiver: Receiver;
beforeEach(async () => {
  ({ rig, receiver } = await startNotifiedRig());
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

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
    const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(1_010) });
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
      link: null,
      at: expect.stringMatching(/Z$/),
      run: {
        ...{ id: runId, name: 'December', status: 'finished', outcome: 'needs_attention' },
        recipients: expect.objectContaining({ enqueued: 1_010, duplicates: 0 }),
        batches: expect.objectContaining({ scheduled: 1, unknown: 1 }),
        messages: expect.objectContaining({ handedOver: 1_010, unanswered: 1_010 }),
      },
      batch: null,
      hold: null,
    });
  });

  test('by processes that claim at the same time', async () => {
    await rig.query(
      `INSERT INTO notices (event, account, detail) SELECT 'hold', 'default', '{"kind":"unknowns","reason":"x"}' FROM generate_series(1, 40)`,
    );
    await Promise.all([tell(rig), tell(rig), tell(rig)]);
    expect(new Set(receiver.received.map(({ body }) => body.id)).size).toBe(40);
    expect(receiver.received).toHaveLength(40);
  });

  test('when a worker was lost while it sent', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const runId = await chunked(rig, 10);
    await deliver(rig, runId, 1);
    await rig.query(`UPDATE batches SET status = 'sending', claim_expires_at = now()`);
    await reconcile(rig.ctx);
    await tell(rig);
    // The first one is of the send's own answer.
    expect(receiver.of('batch.unknown').map(({ body }) => body.batch?.error)).toEqual([
      expect.any(String),
      expect.stringContaining('The worker was lost'),
    ]);
  });

  test('when a batch is put back as unknown into a ledger that had lost it', async () => {
    const runId = await ended(rig);
    await tell(rig);
    await rig.query('DELETE FROM attempts');
    await rig.query('DELETE FROM batch_rows');
    await rig.query('DELETE FROM batches');
    await rig.siaran.repairLedger();
    await tell(rig);
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
    await ended(rig);
    receiver.answers.push(500, 503);
    await tell(rig);
    const [first] = await notices();
    expect(first).toMatchObject({ attempts: 1, error: 'HTTP 500', delivered: false });
    expect(first?.wait).toBeGreaterThan(3);
    expect(first?.wait).toBeLessThan(7);
    await tell(rig);
    expect(receiver.received).toHaveLength(1);
    await makeDue();
    await tell(rig);
    const [second] = await notices();
    expect(second).toMatchObject({ attempts: 2, error: 'HTTP 503' });
    expect(second?.wait).toBeGreaterThan(7);
    await makeDue();
    await tell(rig);
    await tell(rig);
    expect(new Set(receiver.received.map(({ body }) => body.id)).size).toBe(1);
    expect(receiver.received).toHaveLength(3);
    expect(await notices()).toMatchObject([{ attempts: 3, error: null, delivered: true }]);
  });

  test('because nobody was there comes when somebody is', async () => {
    await ended(rig);
    await receiver.close();
    await tell(rig);
    expect(await notices()).toMatchObject([{ error: expect.stringContaining('ECONNREFUSED'), delivered: false }]);
    receiver = await startReceiver(key, receiver.port);
    await makeDue();
    await tell(rig);
    expect(events()).toEqual(['run.finished']);
  });

  test('because its worker stopped goes on with another, not before the claim has ended', async () => {
    await ended(rig);
    const [claimed] = await claimNotices(rig.ctx.db, 10, 60_000);
    if (!claimed) throw new Error('nothing was due');
    await tell(rig);
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
    await ended(rig);
    receiver.answers.push(500);
    await tell(rig);
    await rig.query(
      `INSERT INTO notices (event, account, detail) VALUES ('hold', 'default', '{"kind":"unknowns","reason":"x"}')`,
    );
    await makeDue();
    await rig.query(`UPDATE notices SET created_at = created_at - interval '1 day'`);
    await tell(rig);
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
    await ended(rig);
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

test('what is told and logged holds no number, no secret and no password', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const runId = await chunked(rig, 5);
  await deliver(rig, runId, 1);
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
    await until(async () => (await notices()).some(({ error }) => error !== null), 'one to be refused');
    await makeDue();
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
