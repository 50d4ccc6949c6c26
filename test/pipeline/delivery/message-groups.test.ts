import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BroadcastLog } from '../../../src/domain/statuses/broadcast-log.js';
import type { Attempt } from '../../../src/store/attempts.js';
import { claimBatch } from '../../../src/store/claims.js';
import { holdAccount } from '../../../src/store/holds.js';
import type { WaitingMessage } from '../../../src/store/message-groups.js';
import { lockRunContent } from '../../../src/store/runs.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, chunked, deliver, messageTemplate } from '../../support/runs.js';

let rig: Rig;
let runId: string;

/** A run of messages of which the first was accepted, so that the others wait, and may go out at the same time. */
beforeEach(async () => {
  rig = await startRig();
  runId = await chunked(rig, 5, { ...messageTemplate, delivery: 'individual' });
  await deliver(rig, runId, 1);
});
afterEach(() => rig.close());

async function readAll(numbers: readonly number[]): Promise<WaitingMessage[]> {
  const read = numbers.map((number) => rig.ctx.messages.read(batchIdOf(runId, number), randomUUID()));
  return (await Promise.all(read)).filter((message) => typeof message === 'object');
}

function intendEach(messages: readonly WaitingMessage[]) {
  return messages.map((message) =>
    rig.ctx.messages.intend({
      ...{ message, worker: 'worker', decidedAt: message.now(), startedAt: null, movedBy: null, ttlMs: 45_000 },
    }),
  );
}

const intendAll = (messages: readonly WaitingMessage[]) => Promise.all(intendEach(messages));

function acceptEach(messages: readonly WaitingMessage[], logs: readonly BroadcastLog[][] = []) {
  return messages.map(({ batchId, token, number }, at) =>
    rig.ctx.messages.accept({
      ...{ batchId, token, phoneNumber: phoneNumber(number - 1), httpStatus: 200, broadcastJobId: 1_000 + number },
      logs: logs[at] ?? [],
    }),
  );
}

const acceptAll = (messages: readonly WaitingMessage[], logs: readonly BroadcastLog[][] = []) =>
  Promise.all(acceptEach(messages, logs));

const log = (id: number, messageId: string | null = null): BroadcastLog => ({
  ...{ broadcastLogId: id, messageId, status: 'scheduled', notes: null, sentAt: null },
});

const statuses = async () =>
  (await rig.query('SELECT status FROM batches WHERE run_id = $1 ORDER BY number', [runId])).map(
    ({ status }) => status,
  );

test('messages that are delivered at the same time share a transaction, and each has an attempt and a log of its own', async () => {
  const messages = await readAll([2, 3, 4, 5]);
  const attempts = await intendAll(messages);
  expect(attempts.map((attempt) => (attempt as Attempt).broadcastName)).toEqual(
    [2, 3, 4, 5].map((number) => `[${batchIdOf(runId, number)}.1] December`),
  );
  expect(
    await rig.query('SELECT count(DISTINCT xmin::text)::int AS n FROM attempts WHERE answered_at IS NULL'),
  ).toEqual([{ n: 1 }]);
  expect(await statuses()).toEqual(['scheduled', 'sending', 'sending', 'sending', 'sending']);
  const logs = [2, 3, 4, 5].map((number) => [log(number, `wamid.${number}`)]);
  expect(await acceptAll(messages, logs)).toEqual(Array(4).fill({ troubled: false }));
  expect(
    await rig.query('SELECT count(DISTINCT xmin::text)::int AS n FROM broadcast_logs WHERE message_id IS NOT NULL'),
  ).toEqual([{ n: 1 }]);
  const told = await rig.prisma.broadcastLog.findMany({
    where: { messageId: { not: null } },
    orderBy: { batchId: 'asc' },
  });
  expect(told.map((each) => [each.batchId, Number(each.phoneNumber), each.messageId])).toEqual(
    [2, 3, 4, 5].map((number) => [batchIdOf(runId, number), Number(phoneNumber(number - 1)), `wamid.${number}`]),
  );
  expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
});

describe('of a group, a message is left out that since it was read', () => {
  const disturbances: Record<string, (batchId: string) => Promise<unknown>> = {
    'was claimed by another worker': (batchId) =>
      claimBatch(rig.ctx.db, { batchId, accounts: ['default'], token: randomUUID(), ttlMs: 5_000, probing: false }),
    'was claimed and given back': (batchId) =>
      rig.query('UPDATE batches SET claim_number = claim_number + 1 WHERE id = $1', [batchId]),
    'was forgotten': () => rig.siaran.forget(phoneNumber(2)),
    'was suppressed': () => rig.siaran.suppress([phoneNumber(2)]),
    'was sent by another worker': () => deliver(rig, runId, 3),
    'was cancelled': (batchId) => rig.query("UPDATE batches SET status = 'cancelled' WHERE id = $1", [batchId]),
  };
  test.each(Object.keys(disturbances))('%s', async (name) => {
    const messages = await readAll([2, 3, 4]);
    expect(messages).toHaveLength(3);
    await disturbances[name]?.(batchIdOf(runId, 3));
    const attempts = await intendAll(messages);
    expect(attempts.map((attempt) => attempt !== undefined)).toEqual([true, false, true]);
    const tokens = messages.map(({ token }) => token);
    const made = await rig.prisma.attempt.findMany({ where: { token: { in: tokens } }, orderBy: { batchId: 'asc' } });
    expect(made.map(({ batchId }) => batchId)).toEqual([batchIdOf(runId, 2), batchIdOf(runId, 4)]);
  });
});

describe('nothing of a group goes out whose', () => {
  const stops: Record<string, () => Promise<unknown>> = {
    'run is paused': () => rig.siaran.pause(runId),
    'run is held': () =>
      rig.query("UPDATE runs SET held_kind = 'balance', held_reason = 'none', held_at = now() WHERE id = $1", [runId]),
    'run goes one by one': () => rig.query('UPDATE runs SET one_by_one = true WHERE id = $1', [runId]),
    'account is held': () =>
      holdAccount(rig.ctx.db, { account: 'default', kind: 'refused', reason: 'none', failures: 1, waitMs: 60_000 }),
  };
  test.each(Object.keys(stops))('%s', async (name) => {
    const messages = await readAll([2, 3]);
    await stops[name]?.();
    expect(await intendAll(messages)).toEqual([undefined, undefined]);
    expect(await statuses()).toEqual(['scheduled', 'pending', 'pending', 'pending', 'pending']);
  });
});

test('a group waits for no lock: while a hold of its run is being committed, it goes nowhere', async () => {
  const messages = await readAll([2, 3]);
  await rig.ctx.db.$transaction(async (tx) => {
    await lockRunContent(tx, runId);
    expect(await intendAll(messages)).toEqual(['locked', 'locked']);
  });
  expect(await intendAll(messages)).toMatchObject([{ number: 1 }, { number: 1 }]);
});

test('a person who was forgotten is read in no group', async () => {
  await rig.siaran.forget(phoneNumber(2));
  expect((await readAll([2, 3, 4])).map(({ number }) => number)).toEqual([2, 4]);
});

test('of a group of answers, one whose message was settled meanwhile is left out, and the same answer counts once', async () => {
  const messages = await readAll([2, 3]);
  await intendAll(messages);
  await rig.query("UPDATE batches SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL WHERE id = $1", [
    batchIdOf(runId, 3),
  ]);
  expect(await acceptAll(messages, [[log(2)], [log(3)]])).toEqual([{ troubled: false }, undefined]);
  expect(await acceptAll(messages, [[log(2)], [log(3)]])).toEqual([undefined, undefined]);
  expect(await statuses()).toEqual(['scheduled', 'scheduled', 'unknown', 'pending', 'pending']);
  expect(
    await rig.query('SELECT 1 FROM attempts WHERE batch_id = $1 AND answered_at IS NULL', [batchIdOf(runId, 3)]),
  ).toHaveLength(1);
});

test('of a group in which one answer can not be stored, the others are recorded', async () => {
  const messages = await readAll([2, 3, 4]);
  await intendAll(messages);
  const logs = [[log(2)], [{ ...log(3), notes: 'nul \u0000' }], [log(4)]];
  const accepted = await Promise.allSettled(acceptEach(messages, logs));
  expect(accepted.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await statuses()).toEqual(['scheduled', 'scheduled', 'sending', 'scheduled', 'pending']);
});

test('of a group in which one intent is refused, the others are committed, each once', async () => {
  const messages = await readAll([2, 3, 4]);
  const spoilt = messages.map((message) => (message.number === 3 ? { ...message, lines: 'no number' } : message));
  const attempts = await Promise.allSettled(intendEach(spoilt));
  expect(attempts.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await statuses()).toEqual(['scheduled', 'sending', 'pending', 'sending', 'pending']);
  const tokens = messages.map(({ token }) => token);
  expect(await rig.prisma.attempt.count({ where: { token: { in: tokens } } })).toBe(2);
});

test('of two that are about to send the same message, one has its intent', async () => {
  const read = [...(await readAll([2])), ...(await readAll([2]))];
  const attempts = await intendAll(read);
  expect(attempts.filter((attempt) => attempt !== undefined)).toHaveLength(1);
  const kept = await rig.query('SELECT token FROM attempts WHERE batch_id = $1', [batchIdOf(runId, 2)]);
  expect(attempts.filter((attempt) => attempt !== undefined)).toMatchObject(kept);
});

test('a message of a newer version stops none of those that are read with it', async () => {
  const newer = await chunked(rig, 1, { ...messageTemplate, delivery: 'individual' });
  await rig.query(`UPDATE runs SET one_by_one = false, delivery = delivery || '{"unheardOf": 1}' WHERE id = $1`, [
    newer,
  ]);
  const read = [batchIdOf(newer, 1), batchIdOf(runId, 2)].map((id) => rig.ctx.messages.read(id, randomUUID()));
  expect(await Promise.all(read)).toMatchObject(['unusual', { batchId: batchIdOf(runId, 2) }]);
});
