import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { readMessageAnswer, type SendAnswer } from '../../../src/pipeline/delivery/read-answer.js';
import { recordSend } from '../../../src/pipeline/delivery/record.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { type Attempt, intendSend } from '../../../src/store/attempts.js';
import { type Claim, claimBatch } from '../../../src/store/claims.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { messageTemplate } from '../../support/runs.js';
import { item, tell } from '../../support/statuses.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const number = phoneNumber(0);
const message = { ...messageTemplate, phoneNumber: number, variables: ['Ada'], wait: '0s' };
const by = { by: 'operator' };
const notSent = { notSent: true, force: true } as const;
const intent = { worker: 'w', startedAt: null, movedBy: null, ttlMs: 60_000 };

function claimed(batchId: string, probing = false): Promise<Claim | undefined> {
  return claimBatch(rig.ctx.db, { batchId, accounts: ['default'], token: randomUUID(), ttlMs: 60_000, probing });
}

type Intended = { claim: Claim; attempt: Attempt };
/** A message whose intent stands, as if its worker were waiting for the answer. */
async function intended(batchId: string): Promise<Intended> {
  const claim = await claimed(batchId);
  const attempt = claim && (await intendSend(rig.ctx.db, claim, intent));
  if (!claim || !attempt) throw new Error('not intended');
  return { claim, attempt };
}

function record({ claim, attempt }: Intended, answer: SendAnswer): Promise<void> {
  return recordSend(rig.ctx, claim, attempt, answer, undefined);
}

const nobodyKnows = () =>
  rig.query("UPDATE batches SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL");

function accepted(log: object, jobId = 77) {
  const body = { data: { broadcast_job_id: jobId, broadcast_logs: [log] } };
  return readMessageAnswer({ status: 200, retryAfter: undefined, text: JSON.stringify(body) });
}

const log = { broadcastLogId: 71, messageId: null, status: 'scheduled' } as const;
const answer = {
  outcome: 'scheduled',
  httpStatus: 200,
  broadcastJobId: 70,
  broadcastJob: null,
  logs: [{ ...log, notes: null, sentAt: new Date('2026-12-01T09:00:00Z') }],
  error: null,
} as const;

test('a log whose callback was quicker than the answer learns its ids and keeps its status', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  await rig.query(
    `INSERT INTO broadcast_logs (account, batch_id, phone_number, message_id, status, inferred)
     VALUES ('default', $1, $2, 'wamid.1', 'delivered', true)`,
    [batchId, number],
  );
  await record(sent, answer);
  // An answer whose record was committed, and not confirmed, is recorded again.
  await record(sent, answer);
  expect(await rig.prisma.broadcastLog.findMany()).toMatchObject([
    { broadcastLogId: 71n, broadcastJobId: 70n, messageId: 'wamid.1', status: 'delivered' },
  ]);
});

test('a log without an id is kept once, however often its answer is recorded', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  const nameless = { ...answer, logs: [{ ...answer.logs[0], broadcastLogId: null }] };
  await record(sent, nameless);
  await record(sent, nameless);
  expect(await rig.prisma.broadcastLog.count()).toBe(1);
});

test('a late answer settles a message that waits again, or is unknown', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  await nobodyKnows();
  await rig.siaran.resolve(batchId, notSent, by);
  await record(sent, answer);
  expect(await rig.siaran.run(sent.claim.runId)).toMatchObject({ outcome: 'handed_over', extraSends: [] });
});

test('a message that waits while its run is cancelled, or its account held, is not sent', async () => {
  const sent = await rig.siaran.sendMessage(message);
  await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'unknowns', 'a test')");
  await deliverBatch(rig.ctx, sent.batchId, { probing: false });
  await deliverBatch(rig.ctx, sent.batchId, { probing: true });
  await rig.query('DELETE FROM holds');
  await rig.siaran.cancel(sent.runId);
  await deliverBatch(rig.ctx, sent.batchId, { probing: false });
  expect(rig.sandbox.accepted.summary().requests.client).toBe(0);
  expect(await rig.siaran.run(sent.runId)).toMatchObject({ outcome: 'cancelled', batches: { cancelled: 1 } });
});

test('an account that is held between claim and intent holds the message too, unless it is the probe', async () => {
  const sent = await rig.siaran.sendMessage(message);
  const claim = await claimed(sent.batchId);
  await rig.query("INSERT INTO holds (account, kind, reason, probe_at) VALUES ('default', 'refused', 'a test', now())");
  expect(claim && (await intendSend(rig.ctx.db, claim, intent))).toBeUndefined();
  await rig.query('UPDATE batches SET claim_token = NULL, claim_expires_at = NULL');
  expect(await claimed(sent.batchId)).toBeUndefined();
  const probe = await claimed(sent.batchId, true);
  expect(probe && (await intendSend(rig.ctx.db, probe, intent))).toMatchObject({ number: 1 });
});

test.each(['+62 812-1000-0000', '62812x', '', '6281527975868@c.us', '9'.repeat(30), 62_812, null])(
  'an accepted message is recorded, and its log found by its number, whatever the answer calls it: %j',
  async (written) => {
    const { batchId } = await rig.siaran.sendMessage(message);
    const sent = await intended(batchId);
    await record(sent, accepted({ id: 5, phone_number: written }));
    expect((await rig.siaran.recipient(number)).runs).toMatchObject([
      { batchId, status: 'scheduled', broadcastJobId: 77, broadcastLogId: 5 },
    ]);
  },
);

test('an answer is recorded even if its logs can not be kept', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  const answer = accepted({ id: 5 });
  const [log] = answer.logs;
  const odd = { ...answer, logs: log ? [{ ...log, notes: 'a \0 that Postgres does not take' }] : [] };
  await record(sent, odd);
  expect(await rig.siaran.run(sent.claim.runId)).toMatchObject({ outcome: 'handed_over' });
});

test('an accepted message of which no log was told is found by its callback, and so is whoever opts out by it', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  const answer = readMessageAnswer({ status: 200, retryAfter: undefined, text: '{"data":{"broadcast_job_id":77}}' });
  await record(sent, answer);
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
  const sent = await intended(batchId);
  await nobodyKnows();
  await rig.siaran.resolve(batchId, notSent, by);
  await rig.siaran.suppress([number]);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(await rig.siaran.run(runId)).toMatchObject({ batches: { cancelled: 1 }, recipients: { suppressed: 1 } });
  await record(sent, accepted({ id: 5 }));
  const run = await rig.siaran.run(runId);
  expect(run).toMatchObject({ outcome: 'needs_attention', extraSends: [{ batchId, broadcastJobId: 77 }] });
  expect(run.batches).toMatchObject({ cancelled: 1, scheduled: 0 });
});

test('a message that failed, and arrived all the same, is not sent again by a retry', async () => {
  const { runId, batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  await record(sent, accepted({ id: 5, message_id: 'wamid.1', status: 'failed', notes: 'x' }));
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
    const sent = await intended(batchId);
    await record(sent, accepted({ id, status: 'sent', notes: 'as told' }, Number(id) + 70));
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

test('nothing personal of a message comes back with an answer after its run was purged', async () => {
  const { batchId } = await rig.siaran.sendMessage(message);
  const sent = await intended(batchId);
  await nobodyKnows();
  await rig.siaran.resolve(batchId, { sent: 77 }, by);
  for await (const _ of purge(rig.ctx, 0));
  await record(sent, accepted({ id: 5, notes: 'secret' }));
  const logs = await rig.prisma.broadcastLog.findMany();
  for (const log of logs) expect(log).toMatchObject({ phoneNumber: null, notes: null });
});
