import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import {
  auditOf,
  deliver,
  deliveries,
  endedRun,
  lookAtAll,
  lookNow,
  retry,
  retryOf,
  tellFates,
  turnComes,
} from './retried-rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const breaches = async (runId: string) => (await rig.siaran.verify(runId)).breaches;

test('a run is sent again by itself, once, to exactly those who failed with its codes', async () => {
  const runId = await endedRun(rig, 8, {
    0: ['failed', 131026],
    1: ['failed', 131053],
    2: ['delivered'],
    3: ['failed', 130472],
    4: ['failed', 131050],
    5: ['failed', 131049],
    6: ['failed', 131026],
  });
  await rig.siaran.suppress([phoneNumber(6)]);
  expect(await lookAtAll(rig)).toBe(1);
  const [newId = ''] = (await rig.siaran.run(runId)).resends;
  await deliver(rig, newId);
  expect(deliveries(rig, 0, 1, 2, 3, 4, 5, 6, 7)).toEqual([2, 2, 1, 1, 1, 1, 1, 1]);
  expect(await rig.siaran.run(runId)).toMatchObject({
    retryAfterFailure: { codes: [131026, 131053], afterMs: 86_400_000, times: 2 },
    retry: { turn: 0, at: null, outcome: 'sent_again', reason: null, runId: newId },
  });
  expect(await rig.siaran.run(newId)).toMatchObject({
    ...{ key: `retry:${runId}:1`, name: 'December', resendOf: runId },
    retryAfterFailure: { codes: [131026, 131053], afterMs: 86_400_000, times: 2 },
    retry: { turn: 1, outcome: null, runId: null },
  });
  const leftOut = { delivered: 1, other_code: 2, opted_out: 1, suppressed: 1, unanswered: 1 };
  expect(await auditOf(rig)).toEqual([
    { actor: 'Siaran', target: runId, detail: { turn: 1, runId: newId, recipients: 2, leftOut } },
  ]);
  // Its turn is over, and that of the new run hasn't come.
  await lookNow(rig, newId);
  expect(await lookAtAll(rig)).toBe(1);
  expect(await lookAtAll(rig)).toBe(0);
  expect(await rig.siaran.runs()).toHaveLength(2);
  for (const each of [runId, newId]) expect(await breaches(each)).toEqual([]);
});

test('before its time nothing is sent, and the run says when that is', async () => {
  const runId = await endedRun(rig, 1, { 0: ['failed', 131026, 22] });
  await turnComes(rig, runId, 23);
  expect(await lookAtAll(rig)).toBe(1);
  const { at } = (await retryOf(rig, runId)) ?? {};
  const [batch] = await rig.query<{ began: Date }>('SELECT began_at(b) AS began FROM batches b WHERE run_id = $1', [
    runId,
  ]);
  expect(at).toBe(new Date((batch?.began.getTime() ?? 0) + 86_400_000).toISOString());
  expect(await lookAtAll(rig)).toBe(0);
  expect(await rig.siaran.runs()).toHaveLength(1);
});

test('who fails once more is sent to once more, until all times are used up', async () => {
  const fates = { 0: ['failed', 131026], 1: ['failed', 131026] } as const;
  const runId = await endedRun(rig, 3, { ...fates });
  await lookAtAll(rig);
  const [second = ''] = (await rig.siaran.run(runId)).resends;
  await deliver(rig, second);
  await turnComes(rig, second, 25);
  await tellFates(rig, second, { 0: ['failed', 131026, 24], 1: ['delivered', undefined, 24] });
  await lookAtAll(rig);
  const [third = ''] = (await rig.siaran.run(second)).resends;
  await deliver(rig, third);
  expect((await rig.siaran.run(third)).key).toBe(`retry:${runId}:2`);
  expect(deliveries(rig, 0, 1, 2)).toEqual([3, 2, 1]);

  await turnComes(rig, third, 25);
  await tellFates(rig, third, { 0: ['failed', 131026, 24] });
  expect(await lookAtAll(rig)).toBe(0);
  expect(await retryOf(rig, third)).toEqual({
    ...{ turn: 2, at: null, outcome: null, reason: 'all times are used up', runId: null },
  });
  expect(await rig.siaran.runs()).toHaveLength(3);
});

test('if nobody is to be sent to again, that is said once, and the run is not looked at any more', async () => {
  const runId = await endedRun(rig, 2, { 0: ['delivered'], 1: ['failed', 130472] });
  expect(await lookAtAll(rig)).toBe(1);
  expect(await retryOf(rig, runId)).toMatchObject({ at: null, outcome: 'nobody', runId: null });
  expect(await auditOf(rig)).toEqual([
    { actor: 'Siaran', target: runId, detail: { turn: 1, outcome: 'nobody', reason: null } },
  ]);
  await lookNow(rig, runId);
  expect(await lookAtAll(rig)).toBe(0);
});

test('whom WhatsApp held back after the turn had come is not waited for', async () => {
  const heldBack = { retryAfterFailure: { ...retry, codes: [131049, 131026] } };
  const runId = await endedRun(rig, 3, { 0: ['failed', 131026, 40], 1: ['failed', 131049, 0.5] }, heldBack);
  await turnComes(rig, runId, 25);
  expect(await lookAtAll(rig)).toBe(1);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: 'sent_again' });
  expect((await auditOf(rig))[0]?.detail).toMatchObject({ recipients: 1, leftOut: { too_early: 1, unanswered: 1 } });
});

test('a run whose people were held back less than 24 hours before its time waits for them', async () => {
  const heldBack = { retryAfterFailure: { ...retry, codes: [131049] } };
  const runId = await endedRun(rig, 1, { 0: ['failed', 131049, 40] }, heldBack);
  await turnComes(rig, runId, 25);
  await rig.query("UPDATE broadcast_logs SET failed_at = now() - interval '20 hours'");
  expect(await lookAtAll(rig)).toBe(1);
  const [log] = await rig.query<{ at: Date }>("SELECT failed_at + interval '24 hours' AS at FROM broadcast_logs");
  expect(await retryOf(rig, runId)).toMatchObject({ at: log?.at.toISOString(), outcome: null });
  await rig.query("UPDATE broadcast_logs SET failed_at = now() - interval '24 hours'");
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: 'sent_again' });
});
