import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { shownStatus } from '../../../src/domain/statuses/message-state.js';
import type { RunRequest, RunView } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { undoOptOutsOf } from '../../../src/pipeline/operating/opt-outs.js';
import { probeSoon } from '../../../src/store/holds.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { deliver, messageTemplate, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const columns = ['phone_number', 'customer_name', 'body_variable1', 'body_variable2', 'button1_variable1'] as const;
const request = {
  ...messageTemplate,
  ...{ key: 'reminders', name: 'Reminders', columns, delivery: 'individual' },
} as const satisfies RunRequest;

function* reminders(count: number, from = 0) {
  for (let index = from; index < from + count; index += 1)
    yield {
      phone_number: phoneNumber(index),
      customer_name: `Customer ${index}`,
      body_variable1: `INV-${index}`,
      body_variable2: 'Rp. 30.000',
      button1_variable1: `pay/${index}`,
    };
}

/** Cuts until so many wait in batches. */
async function cutAll(runId: string, pending: number): Promise<void> {
  const cut = async (): Promise<RunView> => {
    await chunkRun(rig.ctx, runId);
    return rig.siaran.run(runId);
  };
  await eventually(cut, (run) => run.recipients.pending === pending);
}

test('each of many messages with buttons goes out once, and each log id stands in the ledger', async () => {
  await rig.work();
  const { runId } = await rig.siaran.broadcast({ ...request, recipients: reminders(120) });
  const run = await finished(rig.siaran, runId);
  expect(run).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 120 }, batches: { scheduled: 120 } });
  expect(rig.sandbox.accepted.summary()).toMatchObject({
    files: 0,
    jobs: 120,
    recipients: 120,
    mostPerNumber: 1,
    requests: { upload: 0, send: 0, client: 120 },
  });
  const logs = await rig.prisma.broadcastLog.findMany({ orderBy: { phoneNumber: 'asc' } });
  expect(logs).toHaveLength(120);
  expect(new Set(logs.map((log) => log.broadcastLogId)).size).toBe(120);
  expect(logs[7]).toMatchObject({
    phoneNumber: BigInt(phoneNumber(7)),
    status: 'scheduled',
    messageId: null,
    inferred: false,
  });
  const jobs = new Map(rig.sandbox.accepted.jobs().map((job) => [job.id, job.name]));
  for (const log of logs) expect(jobs.get(Number(log.broadcastJobId))).toBe(`[${log.batchId}.1] Reminders`);
  expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
});

const message = {
  ...messageTemplate,
  phoneNumber: '6281527975868',
  variables: ['Ada', 'Rp. 30.000'],
  buttonParams: [{ type: 'quick_reply', values: 'yes', index: 1 }],
} as const;

test('a single message is handed over with all that it says, and its ids are told', async () => {
  await rig.work();
  const sent = await rig.siaran.sendMessage({ ...message, key: 'INV-7' });
  expect(sent).toMatchObject({ status: 'scheduled', error: null });
  const log = await rig.prisma.broadcastLog.findFirstOrThrow();
  expect(sent.broadcastLogId).toBe(Number(log.broadcastLogId));
  expect(sent.broadcastJobId).toBe(rig.sandbox.accepted.jobs()[0]?.id);
  const run = await rig.siaran.run(sent.runId);
  expect(run).toMatchObject({ status: 'finished', outcome: 'handed_over', unclosedIntakes: 0 });
  expect(run.recipients).toMatchObject({ enqueued: 1, promised: 1, missing: 0 });
  expect((await rig.siaran.verify(sent.runId)).breaches).toEqual([]);
});

test('the same key sends once, however often and however many at a time ask for it', async () => {
  await rig.work();
  const asked = await Promise.all(
    Array.from({ length: 8 }, () => rig.siaran.sendMessage({ ...message, key: 'INV-7' })),
  );
  expect(new Set(asked.map((sent) => sent.runId)).size).toBe(1);
  expect(await rig.siaran.sendMessage({ ...message, key: 'INV-7' })).toEqual(asked[0]);
  expect(rig.sandbox.accepted.summary().jobs).toBe(1);
});

test('a key that was used for another recipient, or other words, is refused, and nothing is sent', async () => {
  const first = await rig.siaran.sendMessage({ ...message, key: 'INV-7', wait: '0s' });
  expect(first.status).toBe('pending');
  const others = [{ phoneNumber: '6281527975869' }, { variables: ['Ada', 'Rp. 40.000'] }, { variables: ['Ada'] }];
  for (const other of others)
    await expect(rig.siaran.sendMessage({ ...message, ...other, key: 'INV-7' })).rejects.toMatchObject({
      code: 'KEY_CONFLICT',
    });
  expect(await rig.prisma.run.count()).toBe(1);
});

test('a message that can not be sent is refused with what is wrong, and leaves no run', async () => {
  const wrong = rig.siaran.sendMessage({ ...message, phoneNumber: '12' });
  await expect(wrong).rejects.toMatchObject({ code: 'USAGE' });
  await expect(rig.siaran.sendMessage({ ...message, language: '' })).rejects.toThrow(/language is ""/);
  expect(await rig.prisma.run.count()).toBe(0);
});

test('a message goes ahead of bulk work that waits', async () => {
  const { runId } = await rig.siaran.broadcast({
    name: 'Bulk',
    templateDetailId: 172,
    columns: ['phone_number'],
    recipients: Array.from({ length: 6_000 }, (_, index) => ({ phone_number: phoneNumber(index) })),
  });
  await cutAll(runId, 6_000);
  const early = rig.siaran.sendMessage(message);
  await eventually(
    () => rig.prisma.run.count(),
    (runs) => runs === 2,
  );
  // A message has a place of its own, beside which a first batch goes out: that one is to be no quicker.
  rig.sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 1_000, times: 1 }]);
  await rig.work({ SIARAN_CONCURRENCY: '1' });
  expect((await early).status).toBe('scheduled');
  await finished(rig.siaran, runId);
  expect(rig.sandbox.accepted.jobs().map((job) => job.recipients)).toEqual([1, ...Array(6).fill(1_000)]);
});

test('a 2xx whose log says failed is failed, with its notes; its log is kept, and a retry makes a new one', async () => {
  rig.sandbox.setFaults([{ kind: 'failed-log', on: 'client', message: '131026 Message undeliverable', times: 1 }]);
  await rig.work();
  const sent = await rig.siaran.sendMessage(message);
  expect(sent).toMatchObject({ status: 'failed', error: expect.stringContaining('131026 Message undeliverable') });
  expect(await rig.siaran.run(sent.runId)).toMatchObject({ outcome: 'refused' });
  await rig.siaran.retry(sent.runId);
  await finished(rig.siaran, sent.runId);
  const logs = await rig.prisma.broadcastLog.findMany({ orderBy: { id: 'asc' } });
  expect(logs.map((log) => [shownStatus(log), log.failedCode, log.notes])).toEqual([
    ['failed', 131026, '131026 Message undeliverable'],
    ['scheduled', null, null],
  ]);
  expect(rig.sandbox.accepted.summary()).toMatchObject({ jobs: 1, mostPerNumber: 1 });
  expect((await rig.siaran.verify(sent.runId)).breaches).toEqual([]);
});

test.each([
  ['accepted, and the answer lost', { kind: 'close-after-accepting' }],
  ['accepted, and answered with something else', { kind: 'unreadable-accepted' }],
  ['read, and not answered', { kind: 'close-after-reading' }],
  ['answered with a 500', { kind: 'http', status: 500 }],
] as const)('a message that is %s is unknown and never sent again by itself', async (_, fault) => {
  rig.sandbox.setFaults([{ ...fault, on: 'client', times: 1 }]);
  await rig.work();
  const sent = await rig.siaran.sendMessage(message);
  expect(sent.status).toBe('unknown');
  await rig.siaran.retry(sent.runId);
  expect((await rig.siaran.run(sent.runId)).outcome).toBe('needs_attention');
  const by = { by: 'operator' };
  const resolved = await rig.siaran.resolve(sent.batchId, { notSent: true, force: true }, by);
  expect(resolved.status).toBe('pending');
  await finished(rig.siaran, sent.runId);
  expect(rig.sandbox.accepted.summary().requests.client).toBe(2);
});

test.each([
  ['refused credentials', { kind: 'http', status: 401 }, 'refused'],
  ['an unpaid account', { kind: 'http', status: 402 }, 'refused'],
] as const)('%s hold the account, and the next message that gets through lifts it', async (_, fault, kind) => {
  rig.sandbox.setFaults([{ ...fault, on: 'client' }]);
  await rig.work();
  const sent = await rig.siaran.sendMessage({ ...message, wait: '300ms' });
  expect(['pending', 'sending']).toContain(sent.status);
  const held = await waitForRun(rig, sent.runId, (run) => run.held !== null);
  expect(held.held?.kind).toBe(kind);
  // Probing goes on by messages, as there is no file.
  const before = rig.sandbox.accepted.summary().requests.client;
  await probeSoon(rig.ctx.db, ['default']);
  await eventually(
    async () => rig.sandbox.accepted.summary().requests.client,
    (count) => count > before,
  );
  rig.sandbox.setFaults([]);
  await probeSoon(rig.ctx.db, ['default']);
  const run = await finished(rig.siaran, sent.runId);
  expect(run).toMatchObject({ outcome: 'handed_over', held: null });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ jobs: 1, mostPerNumber: 1 });
});

test('a list that is too long to be sent one by one is refused whole, unless it is meant', async () => {
  const { id } = await rig.siaran.startRun(request);
  await rig.siaran.enqueue(id, reminders(6_000), { source: 'first' });
  await cutAll(id, 6_000);
  const again = rig.siaran.enqueue(id, reminders(8_000), { source: 'first' });
  await expect(again).resolves.toMatchObject({ accepted: 8_000 });
  await cutAll(id, 8_000);
  const more = rig.siaran.enqueue(id, reminders(2_001, 8_000), { source: 'second' });
  await expect(more).rejects.toMatchObject({ code: 'RUN_TOO_LARGE', message: expect.stringContaining('10,001') });
  expect((await rig.siaran.run(id)).recipients.enqueued).toBe(14_000);
  await rig.siaran.startRun({ ...request, force: true });
  await expect(rig.siaran.enqueue(id, reminders(2_001, 8_000), { source: 'second' })).resolves.toMatchObject({
    accepted: 2_001,
  });
});

test('messages of a run that is handed over ahead of time wait until it is theirs', async () => {
  await rig.work();
  const startAt = new Date(Date.now() + 7_200_000);
  const { runId } = await rig.siaran.broadcast({ ...request, startAt, handOver: '1h', recipients: reminders(5) });
  const run = await waitForRun(rig, runId, ({ handOverAt }) => handOverAt !== null);
  expect(run.recipients).toMatchObject({ pending: 5, scheduled: 0 });
  const claims = () => rig.query<{ sum: number }>('SELECT sum(claim_number)::int FROM batches');
  const [before] = await claims();
  // Some passes of reconcile, and a worker that is asked by hand.
  for (let number = 1; number <= 5; number += 1) await deliver(rig, runId, number);
  expect(await claims()).toEqual([before]);
  expect(rig.sandbox.accepted.summary().requests.client).toBe(0);
  await rig.query("UPDATE runs SET hand_over_at = clock_timestamp(), start_at = now() + interval '50 minutes'");
  expect((await finished(rig.siaran, runId)).recipients.scheduled).toBe(5);
});

test('whoever opted out, as the log of a message says, is on the suppression list from then on', async () => {
  rig.sandbox.setFaults([{ kind: 'failed-log', on: 'client', message: '131050 User has stopped', times: 1 }]);
  await rig.work();
  expect((await rig.siaran.sendMessage(message)).status).toBe('failed');
  const again = await rig.siaran.sendMessage(message);
  expect(again).toMatchObject({ status: 'cancelled', error: expect.stringContaining('suppressed') });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ jobs: 0, requests: { client: 1 } });
  expect(await rig.prisma.suppression.findMany()).toMatchObject([{ phoneNumber: 6281527975868n, source: 'opt_out' }]);
  // It is undone as what callbacks tell is.
  const [{ batchId } = { batchId: null }] = await rig.prisma.optOut.findMany();
  expect(await undoOptOutsOf(rig.ctx, { batchId: batchId ?? '' })).toEqual({ optOuts: 1, removed: 1 });
});
