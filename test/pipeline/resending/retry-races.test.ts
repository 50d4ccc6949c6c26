import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { retryNext } from '../../../src/pipeline/resending/retry-failures.js';
import { claimRetry } from '../../../src/store/retries.js';
import { eventually, finished, type Rig, startRig } from '../../support/rig.js';
import { auditOf, deliver, deliveries, endedRun, type Fates, lookAtAll, lookNow, retryOf } from './retried-rig.js';

let rig: Rig;
let gate: Client;
beforeEach(async () => {
  rig = await startRig();
  gate = new Client(rig.env.DATABASE_URL);
  await gate.connect();
});
afterEach(async () => {
  await gate.end();
  await rig.close();
});

const failed: Fates = { 0: ['failed', 131026], 1: ['failed', 131026], 2: ['delivered'] };

/** Whoever makes the run of a turn waits just before it, until `openGate`. */
async function closeGate(): Promise<void> {
  await rig.query(`CREATE FUNCTION wait_at_gate() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$;
    CREATE TRIGGER gate BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION wait_at_gate()`);
  await gate.query('SELECT pg_advisory_lock(4711)');
}
const openGate = () => gate.query('SELECT pg_advisory_unlock(4711)');
const waitAtGate = (many: number) =>
  eventually(
    () => rig.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"),
    (waiting) => waiting.length === many,
  );

/** What breaks whenever it is done. */
async function breaks(when: string): Promise<() => Promise<unknown>> {
  await rig.query(`CREATE FUNCTION break_off() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$;
    CREATE TRIGGER breaks BEFORE ${when} ON runs FOR EACH ROW EXECUTE FUNCTION break_off()`);
  return () => rig.query('DROP TRIGGER breaks ON runs');
}

/** One run was made of the turn, and nobody was messaged twice by it. */
async function isSentOnce(runId: string): Promise<void> {
  const { resends } = await rig.siaran.run(runId);
  expect(resends).toHaveLength(1);
  await lookNow(rig, runId);
  await lookAtAll(rig);
  await deliver(rig, resends[0] ?? '');
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: 'sent_again', runId: resends[0] });
  expect(deliveries(rig, 0, 1, 2)).toEqual([2, 2, 1]);
  expect(await rig.siaran.runs()).toHaveLength(2);
  expect(await auditOf(rig)).toHaveLength(1);
  for (const each of [runId, ...resends]) expect((await rig.siaran.verify(each)).breaches).toEqual([]);
}

test('of several workers that look at the same time one sends again', async () => {
  const runId = await endedRun(rig, 3, failed);
  const looked = await Promise.all(Array.from({ length: 6 }, () => retryNext(rig.ctx)));
  expect(looked.filter(Boolean)).toHaveLength(1);
  await isSentOnce(runId);
});

test('a worker that was so slow that another one took its turn over makes no second run', async () => {
  const runId = await endedRun(rig, 3, failed);
  await closeGate();
  const slow = retryNext(rig.ctx);
  await waitAtGate(1);
  await lookNow(rig, runId);
  const other = retryNext(rig.ctx);
  await waitAtGate(2);
  await openGate();
  expect(await Promise.all([slow, other])).toEqual([true, true]);
  await isSentOnce(runId);
});

test('a worker that died after it had claimed the turn is followed by another one, once the claim has run out', async () => {
  const runId = await endedRun(rig, 3, failed);
  expect(await claimRetry(rig.ctx.db, '7f1b3c52-0000-4000-8000-000000000001', 60_000)).toMatchObject({
    runId,
    turn: 1,
  });
  expect(await lookAtAll(rig)).toBe(0);
  await lookNow(rig, runId);
  expect(await lookAtAll(rig)).toBe(1);
  await isSentOnce(runId);
});

test('a turn whose run could not be made leaves nothing behind, and is taken later', async () => {
  const runId = await endedRun(rig, 3, failed);
  const mend = await breaks('UPDATE OF retry_turn');
  expect(await lookAtAll(rig)).toBe(1);
  expect(await rig.siaran.runs()).toHaveLength(1);
  expect(await auditOf(rig)).toEqual([]);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: null, runId: null, at: expect.any(String) });
  await mend();
  await lookNow(rig, runId);
  await lookAtAll(rig);
  await isSentOnce(runId);
});

test('a turn whose worker died while it handed recipients in is completed in the same run', async () => {
  const runId = await endedRun(rig, 3, failed);
  const mend = await breaks('UPDATE OF sealed_at');
  expect(await lookAtAll(rig)).toBe(1);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: null, runId: expect.any(String) });
  await mend();
  await isSentOnce(runId);
});

test('an operator who sends again at the same time waits, or the turn does, and nobody is messaged twice', async () => {
  const runId = await endedRun(rig, 3, failed);
  const [byHand] = await Promise.allSettled([rig.siaran.resend(runId, { failed: true }), retryNext(rig.ctx)]);
  if (byHand.status === 'rejected') expect(byHand.reason).toMatchObject({ code: 'RESENDING' });
  const [newId = '', ...more] = (await rig.siaran.run(runId)).resends;
  expect(more).toEqual([]);
  await deliver(rig, newId);
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect((await rig.siaran.run(runId)).resends).toEqual([newId]);
  expect(deliveries(rig, 0, 1, 2)).toEqual([2, 2, 1]);
});

test('while a run that an operator sends again is being filled its turn waits, and says so; then nobody is left', async () => {
  const runId = await endedRun(rig, 3, failed);
  const byHand = await rig.siaran.resend(runId, { failed: true });
  expect(byHand).toMatchObject({ recipients: 2 });
  expect(await rig.siaran.run(byHand.runId ?? '')).toMatchObject({ retryAfterFailure: null, retry: null });
  expect(await lookAtAll(rig)).toBe(1);
  expect(await retryOf(rig, runId)).toMatchObject({
    outcome: null,
    reason: expect.stringContaining('is being sent again'),
  });
  await deliver(rig, byHand.runId ?? '');
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: 'nobody', reason: null });
  expect(deliveries(rig, 0, 1, 2)).toEqual([2, 2, 1]);
});

test.each([
  ['cancelled', (runId: string) => rig.siaran.cancel(runId)],
  ['paused', (runId: string) => rig.siaran.pause(runId)],
])('a run that is %s after its turn was decided, and before its run is made, is not sent again', async (_, stop) => {
  const runId = await endedRun(rig, 3, failed);
  await closeGate();
  const looking = retryNext(rig.ctx);
  await waitAtGate(1);
  await stop(runId);
  await openGate();
  expect(await looking).toBe(true);
  expect(await rig.siaran.runs()).toHaveLength(1);
  expect(await auditOf(rig)).toEqual([]);
});

test('a run of a turn that is cancelled while it is filled ends the chain, and says so', async () => {
  const runId = await endedRun(rig, 3, failed);
  const mend = await breaks('UPDATE OF sealed_at');
  await lookAtAll(rig);
  await mend();
  const { runId: newId = '' } = (await retryOf(rig, runId)) ?? {};
  await rig.siaran.cancel(newId ?? '');
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect(await retryOf(rig, runId)).toMatchObject({
    outcome: 'stopped',
    reason: expect.stringContaining(`${newId} was cancelled`),
  });
  const workers = await rig.work();
  await finished(rig.siaran, newId ?? '');
  await workers.close();
  expect(deliveries(rig, 0, 1, 2)).toEqual([1, 1, 1]);
});

test('a run that is purged before everybody is in the run of its turn ends the chain, and says which run is left open', async () => {
  const runId = await endedRun(rig, 3, failed);
  const mend = await breaks('UPDATE OF sealed_at');
  await lookAtAll(rig);
  await mend();
  const newId = (await retryOf(rig, runId))?.runId ?? '';
  await rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [runId]);
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect(await retryOf(rig, runId)).toMatchObject({
    outcome: 'stopped',
    reason: `it was purged before everybody was in run ${newId}, which is left open`,
  });
  expect(await rig.siaran.run(newId)).toMatchObject({ status: 'open' });
});
