import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../../src/context.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { readMessageAnswer } from '../../../src/pipeline/delivery/read-answer.js';
import { recordSend } from '../../../src/pipeline/delivery/record.js';
import { enqueue } from '../../../src/pipeline/intake/enqueue.js';
import { sendMessage } from '../../../src/pipeline/intake/send-message.js';
import { SharedIntakes } from '../../../src/pipeline/intake/shared-intakes.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { insertAccounts } from '../../../src/store/accounts.js';
import { intendSend } from '../../../src/store/attempts.js';
import { claimBatch } from '../../../src/store/claims.js';
import type { Database } from '../../../src/store/database.js';
import { holdEveryAccount } from '../../../src/store/holds.js';
import { restoreLostSends } from '../../../src/store/lost-sends.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { item, tell } from '../../support/statuses.js';

/** What has once gone wrong, or would, with messages and with those who are left out: kept so that it doesn't again. */
let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.close();
});

const template = { templateDetailId: 172, channelId: 534, templateName: 'reminder', namespace: 'ns', language: 'id' };
const number = phoneNumber(0);
const message = { ...template, phoneNumber: number, variables: ['Ada'], wait: '0s' };
const by = { by: 'operator' };
const notSent = { notSent: true, force: true } as const;

/** The ledger of somebody whose first commit is made, and not confirmed. */
function losingFirstCommit(ctx: Context): Context {
  let lost = false;
  const db = new Proxy(ctx.db, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== '$transaction') return value;
      return async (work: (tx: unknown) => Promise<unknown>) => {
        const done = await target.$transaction(work as Parameters<Database['$transaction']>[0] & (() => never));
        if (lost) return done;
        lost = true;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      };
    },
  });
  return { ...ctx, db };
}

test.each([{}, { key: 'INV-7' }])('a message whose commit is not confirmed is sent once: %j', async (key) => {
  await rig.work();
  const sent = await sendMessage(losingFirstCommit(rig.ctx), { ...message, ...key, wait: '10s' });
  expect(sent.status).toBe('scheduled');
  expect(await rig.ctx.db.run.count()).toBe(1);
  expect(rig.sandbox.accepted.deliveriesTo(number)).toBe(1);
});

async function intended(batchId: string) {
  const taken = { batchId, accounts: ['default'], token: randomUUID(), ttlMs: 60_000, probing: false };
  const claim = await claimBatch(rig.ctx.db, taken);
  const intent = { worker: 'w', startedAt: null, movedBy: null, ttlMs: 60_000 };
  const attempt = claim && (await intendSend(rig.ctx.db, claim, intent));
  if (!claim || !attempt) throw new Error('not intended');
  return { claim, attempt };
}

const nobodyKnows = () =>
  rig.query("UPDATE batches SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL");

function accepted(log: object, jobId = 77) {
  const body = { data: { broadcast_job_id: jobId, broadcast_logs: [log] } };
  return readMessageAnswer({ status: 200, retryAfter: undefined, text: JSON.stringify(body) });
}

test.each(['+62 812-1000-0000', '62812x', '', '6281527975868@c.us', '9'.repeat(30), 62_812, null])(
  'an accepted message is recorded, and its log found by its number, whatever the answer calls it: %j',
  async (written) => {
    const { batchId } = await rig.siaran.sendMessage(message);
    const { claim, attempt } = await intended(batchId);
    await recordSend(rig.ctx, claim, attempt, accepted({ id: 5, phone_number: written }), undefined);
    expect((await rig.siaran.recipient(number)).runs).toMatchObject([
      { batchId, status: 'scheduled', broadcastJobId: 77, broadcastLogId: 5 },
    ]);
  },
);

test('an answer is recorded even if its logs can not be kept', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const { claim, attempt } = await intended(batchId);
  const answer = accepted({ id: 5 });
  const [log] = answer.logs;
  const odd = { ...answer, logs: log ? [{ ...log, notes: 'a \0 that Postgres does not take' }] : [] };
  await recordSend(rig.ctx, claim, attempt, odd, undefined);
  expect(await rig.siaran.run(claim.runId)).toMatchObject({ outcome: 'handed_over' });
});

test('an accepted message of which no log was told is found by its callback, and so is whoever opts out by it', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const { claim, attempt } = await intended(batchId);
  const answer = readMessageAnswer({ status: 200, retryAfter: undefined, text: '{"data":{"broadcast_job_id":77}}' });
  await recordSend(rig.ctx, claim, attempt, answer, undefined);
  await tell(rig, item('wamid.1', 'failed', new Date(), number, 131050));
  expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: true, runs: [{ messageId: 'wamid.1' }] });
});

test('a message that an operator found at Qiscus has a log, which its callbacks raise', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  await intended(batchId);
  await nobodyKnows();
  await rig.siaran.resolve(batchId, { sent: 77 }, by);
  await tell(rig, item('wamid.1', 'read', new Date(), number));
  expect((await rig.siaran.recipient(number)).runs).toMatchObject([{ broadcastJobId: 77, deliveryStatus: 'read' }]);
});

test('a message that was suppressed, and turns out to have been sent, is one to look at', async () => {
  const { runId, batchId } = await rig.siaran.sendMessage(message);
  const { claim, attempt } = await intended(batchId);
  await nobodyKnows();
  await rig.siaran.resolve(batchId, notSent, by);
  await rig.siaran.suppress([number]);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(await rig.siaran.run(runId)).toMatchObject({ batches: { cancelled: 1 }, recipients: { suppressed: 1 } });
  await recordSend(rig.ctx, claim, attempt, accepted({ id: 5 }), undefined);
  const run = await rig.siaran.run(runId);
  expect(run).toMatchObject({ outcome: 'needs_attention', extraSends: [{ batchId, broadcastJobId: 77 }] });
  expect(run.batches).toMatchObject({ cancelled: 1, scheduled: 0 });
});

/** A batch whose file was uploaded, and of which these were left out afterwards. */
async function leftOut(...indices: number[]) {
  const startAt = new Date(Date.now() + 86_400_000);
  const request = { name: 'Left out', templateDetailId: 172, columns: invoiceColumns, startAt, handOver: '1h' };
  const { runId } = await rig.siaran.broadcast({ ...request, recipients: invoices(2) });
  await chunkRun(rig.ctx, runId);
  const batchId = `${runId}-0001`;
  await deliverBatch(rig.ctx, batchId, { probing: false });
  const [file] = rig.sandbox.accepted.files();
  await rig.query(
    `UPDATE runs SET hand_over_at = NULL, start_at = now(), delivery = delivery || '{"handOverAheadMs": null}'`,
  );
  await rig.siaran.suppress(indices.map(phoneNumber));
  const send = { attemptId: 1n, token: randomUUID(), batchId, number: 1, broadcastFileId: file?.id ?? 0 };
  return { runId, batchId, send };
}

test('the old file of a batch of which everybody was left out never goes out', async () => {
  const { runId, batchId, send } = await leftOut(0, 1);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await rig.ctx.db.$transaction((tx) => restoreLostSends(tx, [send]));
  expect(await rig.siaran.resolve(batchId, notSent, by)).toMatchObject({ status: 'cancelled' });
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(rig.sandbox.accepted.jobs()).toEqual([]);
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'finished', recipients: { suppressed: 2 } });
});

test('the old file of a batch of which somebody was left out is made anew, whatever the ledger had forgotten', async () => {
  const { batchId, send } = await leftOut(0);
  await rig.query(
    "UPDATE runs SET start_at = now() + interval '1 day', hand_over_at = now(), delivery = delivery || '{\"handOverAheadMs\": 3600000}'",
  );
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await rig.ctx.db.$transaction((tx) => restoreLostSends(tx, [send]));
  expect(await rig.siaran.resolve(batchId, notSent, by)).toMatchObject({ status: 'pending' });
  await rig.query(
    'UPDATE runs SET start_at = now(), hand_over_at = NULL, delivery = delivery || \'{"handOverAheadMs": null}\'',
  );
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(1);
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(0))).toBe(0);
});

test('a message that failed, and arrived all the same, is not sent again by a retry', async () => {
  const { runId, batchId } = await rig.siaran.sendMessage(message);
  const { claim, attempt } = await intended(batchId);
  await recordSend(
    rig.ctx,
    claim,
    attempt,
    accepted({ id: 5, message_id: 'wamid.1', status: 'failed', notes: 'x' }),
    undefined,
  );
  await tell(rig, item('wamid.1', 'delivered', new Date(), number));
  expect(await rig.siaran.retry(runId)).toEqual({ batches: 0, recipients: 0 });
  expect(await rig.siaran.retry(batchId)).toEqual({ batches: 0, recipients: 0 });
});

test('a log that another message is taken off again says what its own answer said', async () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  for (const [id, began] of [
    [5, 30],
    [6, 15],
  ]) {
    const { batchId } = await rig.siaran.sendMessage({ ...message, variables: [String(id)] });
    const { claim, attempt } = await intended(batchId);
    await recordSend(
      rig.ctx,
      claim,
      attempt,
      accepted({ id, status: 'sent', notes: 'as told' }, Number(id) + 70),
      undefined,
    );
    await rig.query("UPDATE batches SET handed_over_at = now() - $2 * interval '1 hour' WHERE id = $1", [
      batchId,
      began,
    ]);
  }
  await tell(rig, item('wamid.b', 'delivered', hoursAgo(10), number));
  // It was on its way before the other, so that it is the later broadcast's, and the other the earlier one's.
  await tell(rig, item('wamid.c', 'scheduled', hoursAgo(12), number));
  const logs =
    'SELECT broadcast_log_id::int AS id, message_id AS message, status, notes FROM broadcast_logs ORDER BY 1';
  expect(await rig.query(logs)).toEqual([
    { id: 5, message: 'wamid.b', status: 'delivered', notes: null },
    { id: 6, message: 'wamid.c', status: 'sent', notes: 'as told' },
  ]);
});

test('an address that is not Qiscus fails nothing: the account is held, and all goes out once it is right', async () => {
  rig.sandbox.setFaults([{ on: 'client', kind: 'http', status: 404, shape: 'html' }]);
  await rig.work();
  const { id } = await rig.siaran.startRun({
    ...template,
    name: 'x',
    columns: ['phone_number'],
    delivery: 'individual',
  });
  await rig.siaran.enqueue(
    id,
    Array.from({ length: 20 }, (_, at) => ({ phone_number: phoneNumber(at) })),
  );
  await rig.siaran.seal(id);
  const held = await eventually(
    () => rig.siaran.run(id),
    (run) => run.held !== null,
  );
  expect(held).toMatchObject({ held: { kind: 'unreachable' }, recipients: { failed: 0 } });
  rig.sandbox.setFaults([]);
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 20 } });
});

test('a message of which Postgres has lost everything fails with these words, and the run ends', async () => {
  const { runId } = await rig.siaran
    .startRun({ ...template, name: 'x', columns: ['phone_number'], delivery: 'individual' })
    .then(({ id }) => ({ runId: id }));
  await rig.siaran.seal(runId);
  const send = { attemptId: 1n, token: randomUUID(), batchId: `${runId}-0001`, number: 1 };
  await rig.ctx.db.$transaction((tx) => restoreLostSends(tx, [send]));
  await rig.siaran.resolve(send.batchId, notSent, by);
  await deliverBatch(rig.ctx, send.batchId, { probing: false });
  await chunkRun(rig.ctx, runId);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'failed', error: expect.stringContaining('lost') }]);
  expect((await rig.siaran.run(runId)).status).toBe('finished');
});

test('a producer that dies while its messages are gathered is seen', async () => {
  const { id } = await rig.siaran.startRun({
    ...template,
    name: 'x',
    columns: ['phone_number'],
    delivery: 'individual',
  });
  const dying = (async function* () {
    yield { phone_number: number };
    throw new Error('gone');
  })();
  await expect(enqueue(rig.ctx, new SharedIntakes(), id, dying, { source: 'crm' })).rejects.toThrow('gone');
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({ unclosedIntakes: 1, recipients: { enqueued: 0 } });
});

test('nothing personal of a message comes back with an answer after its run was purged', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const { claim, attempt } = await intended(batchId);
  await nobodyKnows();
  await rig.siaran.resolve(batchId, { sent: 77 }, by);
  for await (const _ of purge(rig.ctx, 0));
  await recordSend(rig.ctx, claim, attempt, accepted({ id: 5, notes: 'secret' }), undefined);
  const logs = await rig.ctx.db.broadcastLog.findMany();
  for (const log of logs) expect(log).toMatchObject({ phoneNumber: null, notes: null });
});

test('a key that no message has is refused, and so is an unreadable number under one that has', async () => {
  await rig.siaran.startRun({
    ...template,
    name: 'reminder',
    key: 'none',
    columns: ['phone_number', 'body_variable1'],
    delivery: 'individual',
  });
  await expect(rig.siaran.sendMessage({ ...message, key: 'none' })).rejects.toMatchObject({ code: 'KEY_CONFLICT' });
  await rig.siaran.sendMessage({ ...message, key: 'one' });
  await expect(rig.siaran.sendMessage({ ...message, key: 'one', phoneNumber: 'x' })).rejects.toMatchObject({
    code: 'USAGE',
  });
  await rig.siaran.suppress([number]);
  await deliverBatch(rig.ctx, (await rig.siaran.sendMessage({ ...message, key: 'one' })).batchId, { probing: false });
  expect((await rig.siaran.sendMessage({ ...message, key: 'one' })).status).toBe('cancelled');
});

test('an account that comes while the ledger is known to have gone back is held like all others', async () => {
  await holdEveryAccount(rig.ctx.db, 'ledger_went_back', 'a test');
  await insertAccounts(rig.ctx.db, new Map(['late', 'default'].map((name) => [name, { portfolio: name }])));
  expect(await rig.query('SELECT account FROM active_holds ORDER BY account')).toEqual([
    { account: 'default' },
    { account: 'late' },
  ]);
});
