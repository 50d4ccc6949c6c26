import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { enqueueIn } from '../../../src/pipeline/intake/enqueue-in.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { intendSend, recordAnswer } from '../../../src/store/attempts.js';
import { claimBatch, recordUpload } from '../../../src/store/claims.js';
import { beginForgetting } from '../../../src/store/forgotten.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { answerMessage, beganHoursAgo, individualRun, item, tell } from '../../support/statuses.js';
import { tracesOf } from '../../support/traces.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const settings = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const person = phoneNumber(2);

async function chunked(count: number, key?: string): Promise<string> {
  const { id } = await rig.siaran.startRun({ ...settings, ...(key !== undefined && { key }) });
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  return id;
}

const claim = (runId: string) =>
  claimBatch(rig.ctx.db, {
    ...{ batchId: `${runId}-0001`, accounts: ['default'], token: randomUUID(), ttlMs: 60_000, probing: false },
  });
const deliver = (runId: string) => deliverBatch(rig.ctx, `${runId}-0001`, { probing: false });
const breaches = async (runId: string) => (await rig.siaran.verify(runId)).breaches;
const notSent = { outcome: 'not_sent', httpStatus: 429, broadcastJobId: null, broadcastJob: null, error: '' } as const;

test('a worker that has the number in hand has lost its claim, and neither uploads nor sends', async () => {
  const [uploading, about] = [await chunked(5), await chunked(5)];
  const [first, second] = [await claim(uploading), await claim(about)];
  if (!first || !second) throw new Error('not claimed');
  await recordUpload(rig.ctx.db, second, { broadcastFileId: 7, answer: {}, ttlMs: 60_000 });
  await rig.siaran.forget(person);
  expect(await recordUpload(rig.ctx.db, first, { broadcastFileId: 8, answer: {}, ttlMs: 60_000 })).toBe(false);
  const intent = { worker: 'w', startedAt: null, movedBy: null, ttlMs: 60_000 };
  expect(await intendSend(rig.ctx.db, second, intent)).toBeUndefined();
  await rig.work();
  for (const runId of [uploading, about]) {
    expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 4 });
    expect(await breaches(runId)).toEqual([]);
  }
  expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
});

async function beingSent() {
  const runId = await chunked(5);
  const claimed = await claim(runId);
  if (!claimed) throw new Error('not claimed');
  await recordUpload(rig.ctx.db, claimed, { broadcastFileId: 7, answer: {}, ttlMs: 60_000 });
  await intendSend(rig.ctx.db, claimed, { worker: 'w', startedAt: null, movedBy: null, ttlMs: 60_000 });
  return { runId, token: claimed.token };
}

test('a batch that is being sent is waited for', async () => {
  const { runId, token } = await beingSent();
  const forgetting = rig.siaran.forget(person);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await rig.siaran.recipient(person)).toMatchObject({ forgotten: { finishedAt: null }, runs: [{ runId }] });
  await recordAnswer(rig.ctx.db, token, notSent);
  expect(await forgetting).toEqual({ runs: 1, messages: 0, emptiedDrafts: [] });
  expect(await tracesOf(rig, person)).toEqual([]);
  expect(await breaches(runId)).toEqual([]);
  // The file that it has is of five.
  await rig.work();
  expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 4 });
  expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
});

test('one that is sent for long is refused by its name; everything else is done, and the same call completes it', async () => {
  const [{ runId, token }, other] = [await beingSent(), await chunked(5)];
  await expect(rig.siaran.forget(person)).rejects.toMatchObject({
    ...{ code: 'BEING_SENT', retryable: true, message: expect.stringContaining(`Batch ${runId}-0001`) },
  });
  expect((await rig.siaran.recipient(person)).runs.map((run) => run.runId)).toEqual([runId]);
  await recordAnswer(rig.ctx.db, token, notSent);
  expect(await rig.siaran.forget(person)).toEqual({ runs: 2, messages: 0, emptiedDrafts: [] });
  expect(await tracesOf(rig, person)).toEqual([]);
  for (const each of [runId, other]) expect(await breaches(each)).toEqual([]);
}, 30_000);

test('of a batch that nobody knows of, evidence goes on to count, and it goes out without them if it was not sent', async () => {
  const { runId, token } = await beingSent();
  await recordAnswer(rig.ctx.db, token, { ...notSent, outcome: 'unknown', httpStatus: null });
  await beganHoursAgo(rig, runId, 1);
  const at = new Date(Date.now() - 3_000_000);
  await tell(rig, item('one', 'sent', at, person), item('two', 'sent', at, phoneNumber(3)));
  const evidence = { reported: 2, of: 5 };
  expect(await rig.siaran.batches(runId)).toMatchObject([{ evidence }]);
  expect(await rig.siaran.forget(person)).toEqual({ runs: 1, messages: 1, emptiedDrafts: [] });
  expect(await rig.siaran.batches(runId)).toMatchObject([{ evidence }]);
  expect(await breaches(runId)).toEqual([]);
  const resolution = { notSent: true, force: true, despiteEvidence: 5, seen: 2 } as const;
  await rig.siaran.resolve(`${runId}-0001`, resolution, { by: 'ops' });
  await rig.work();
  expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 4 });
  expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
});

test('neither a callback nor a late answer brings the number back', async () => {
  const runId = await chunked(5);
  await deliver(runId);
  await beganHoursAgo(rig, runId, 1);
  const at = new Date(Date.now() - 1_800_000);
  await tell(rig, item('wamid.1', 'sent', at, person));
  const messages = await individualRun(rig, [person], 1);
  await rig.query("UPDATE batches SET status = 'unknown' WHERE run_id = $1", [messages]);
  expect(await rig.siaran.forget(person)).toEqual({ runs: 2, messages: 1, emptiedDrafts: [] });
  const later = [item('wamid.1', 'read', at, person), item('wamid.2', 'failed', at, person, 131050)];
  expect(await tell(rig, ...later, item('wamid.1', 'read', at))).toEqual({ updated: 0, ignored: 0, unknown: 3 });
  await answerMessage(rig, `${messages}-0001`, person, 77);
  for (const trace of [person, 'wamid']) expect(await tracesOf(rig, trace)).toEqual([]);
  expect(await rig.query('SELECT 1 FROM broadcast_logs WHERE broadcast_log_id = 77')).toHaveLength(1);
});

test('rows that were handed in within a transaction are dropped when they are cut', async () => {
  await rig.siaran.startRun({ ...settings, key: 'december' });
  const client = new Client({ connectionString: rig.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await enqueueIn(client, 'december', [...invoices(5)]);
  await client.query('COMMIT');
  await client.end();
  const [run] = await rig.siaran.runs(1);
  expect(await rig.siaran.forget(person)).toMatchObject({ waitingRuns: [run?.id] });
  await chunkRun(rig.ctx, run?.id ?? '');
  expect(await rig.siaran.forget(person)).toEqual({ runs: 0, messages: 0, emptiedDrafts: [] });
  expect((await rig.siaran.run(run?.id ?? '')).recipients).toMatchObject({ suppressed: 1, pending: 4 });
  for (const trace of [person, 'Customer 2']) expect(await tracesOf(rig, trace)).toEqual([]);
  expect(await breaches(run?.id ?? '')).toEqual([]);
});

test('blocks that were set aside in Redis lose theirs', async () => {
  const { id: runId } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(runId, invoices(5), { source: 'list' });
  await rig.siaran.enqueue(runId, invoices(5, 10), { source: 'other' });
  await rig.ctx.buffer.setAside(runId);
  await rig.siaran.forget(person);
  expect(await tracesOf(rig, person)).toEqual([]);
  expect(await tracesOf(rig, phoneNumber(12))).toEqual([expect.stringMatching(/set-aside$/)]);
});

test('a purge takes the digests too', async () => {
  const runId = await chunked(5);
  await deliver(runId);
  await rig.siaran.forget(person);
  await chunkRun(rig.ctx, runId);
  await rig.query("UPDATE runs SET drained_at = now() - interval '2 days'");
  await rig.query("UPDATE batches SET closed_at = now() - interval '2 days', scheduled_at = now() - interval '2 days'");
  let removed = 0;
  for await (const { recipients } of purge(rig.ctx, 86_400_000)) removed += recipients;
  expect(removed).toBe(5);
  expect(await rig.query('SELECT 1 FROM recipients')).toEqual([]);
});

test.each(['recipients', 'batch_rows', 'forgotten', 'broadcast_logs'])(
  'what breaks off at the table %s is completed by the same call',
  async (table) => {
    const runs = [await chunked(5), await chunked(5)];
    await deliver(runs[0] ?? '');
    await beganHoursAgo(rig, runs[0] ?? '', 1);
    await tell(rig, item('wamid.1', 'sent', new Date(Date.now() - 1_800_000), person));
    // The second change of the table fails, or the first one if there is one only.
    const fails = table === 'broadcast_logs' ? 1 : 2;
    await rig.query(`
      CREATE SEQUENCE changes;
      CREATE FUNCTION break_off() RETURNS TRIGGER LANGUAGE plpgsql AS $$
      BEGIN IF nextval('changes') = ${fails} THEN RAISE EXCEPTION 'broken off'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER breaks BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION break_off()`);
    await expect(rig.siaran.forget(person)).rejects.toThrow('broken off');
    expect(await tracesOf(rig, person)).not.toEqual([]);
    for (const runId of runs) expect(await breaches(runId)).toEqual([]);
    expect(await rig.siaran.recipient(person)).toMatchObject({ suppressed: true, forgotten: { finishedAt: null } });

    expect(await rig.siaran.forget(person)).toEqual({ runs: 2, messages: 1, emptiedDrafts: [] });
    for (const trace of [person, 'Customer 2', 'wamid']) expect(await tracesOf(rig, trace)).toEqual([]);
    for (const runId of runs) expect(await breaches(runId)).toEqual([]);
    expect((await rig.siaran.recipient(person)).forgotten?.finishedAt).not.toBeNull();
  },
);

test('whoever cuts recipients at that moment is waited for', async () => {
  const { id: runId } = await rig.siaran.startRun(settings);
  const key = new Client({ connectionString: rig.databaseUrl });
  await key.connect();
  await key.query('BEGIN');
  await key.query('SELECT key_of_forgotten()');
  const forgetting = rig.siaran.forget(person);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await key.query('INSERT INTO recipients SELECT number, 0, $2 FROM runs WHERE id = $1', [runId, person]);
  await key.query('COMMIT');
  await key.end();
  expect(await forgetting).toEqual({ runs: 1, messages: 0, emptiedDrafts: [] });
});

test('a message that is asked for at that moment waits, and has no number in it', async () => {
  const message = {
    templateDetailId: 172,
    channelId: 7,
    templateName: 't',
    namespace: 'n',
    language: 'id',
    wait: '1ms',
  };
  const numbers = [person, phoneNumber(3)];
  let asked: Promise<unknown>[] = [];
  await rig.ctx.db.$transaction(async (tx) => {
    await beginForgetting(tx, person, 'somebody');
    asked = numbers.map((number) => rig.siaran.sendMessage({ ...message, phoneNumber: number }));
    await eventually(
      () => rig.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 1667329125 AND NOT granted"),
      (waiting) => waiting.length > 0,
    );
  });
  await Promise.all(asked);
  expect(await tracesOf(rig, person)).toEqual([]);
  const kept = await rig.query<{ number: string }>('SELECT phone_number::text AS number FROM recipients');
  expect(kept.map(({ number }) => number).sort()).toEqual([expect.stringMatching(/^-/), numbers[1]]);
});

test('a run that has messaged them and is not done yet knows them by their number still', async () => {
  const { id: runId } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(runId, invoices(5), { source: 'first' });
  await chunkRun(rig.ctx, runId);
  await rig.ctx.db.$transaction((tx) => beginForgetting(tx, person, 'ops'));
  await rig.siaran.enqueue(runId, invoices(1, 2), { source: 'again' });
  await chunkRun(rig.ctx, runId);
  expect((await rig.siaran.run(runId)).recipients).toMatchObject({ duplicates: 1, suppressed: 0, pending: 5 });
  expect(await rig.siaran.forget(person)).toEqual({ runs: 1, messages: 0, emptiedDrafts: [] });
  expect(await tracesOf(rig, person)).toEqual([]);
  expect(await breaches(runId)).toEqual([]);
});
