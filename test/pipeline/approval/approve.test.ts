import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { approveAs, asked, bigRun, going, run, sends } from './setting.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_APPROVAL_ABOVE: '10', SIARAN_ACTOR: 'ada' } });
  await rig.work();
});
afterAll(() => rig.close());

test('as many people as that go out by themselves', async () => {
  const { runId } = await rig.siaran.broadcast({ ...run, recipients: invoices(10) });
  const ended = await finished(rig.siaran, runId);
  expect(ended).toMatchObject({ outcome: 'handed_over', approval: { above: 10, waits: false, approvedBy: null } });
});

test('more wait until somebody else has approved what they saw', async () => {
  const before = sends(rig);
  const runId = await bigRun(rig);
  await reconcile(rig.ctx);
  expect(await going(rig, runId)).toEqual([]);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'pending', attempts: 0 }]);
  const seen = await rig.siaran.approval(runId);
  expect(seen).toMatchObject({ waits: true, people: 12, above: 10, isWhole: true, startedBy: 'ada', version: null });
  expect(seen.columns).toEqual([...invoiceColumns]);
  expect(seen.rows).toHaveLength(5);
  expect(seen.rows[0]).toEqual([phoneNumber(0), 'Customer 0', 'INV-0']);
  await expect(rig.siaran.approve(runId, seen.state)).rejects.toMatchObject({ code: 'OWN_RUN' });
  const namesake = rig.open({ SIARAN_ACTOR: 'ADA' });
  await expect(namesake.approve(runId, seen.state)).rejects.toMatchObject({ code: 'OWN_RUN' });
  await expect(rig.siaran.resume(runId)).rejects.toMatchObject({ code: 'RUN_UNAPPROVED' });
  const approver = rig.open({ SIARAN_ACTOR: 'bo' });
  await expect(approver.approve(runId, 'another state')).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect(sends(rig)).toBe(before);
  expect(await approver.approve(runId, seen.state)).toEqual({ runId, people: 12, version: null });
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    held: null,
    approval: { above: 10, waits: false, approvedBy: 'bo' },
  });
  expect(sends(rig)).toBe(before + 1);
  // As after a commit whose confirmation was lost.
  expect(await approver.approve(runId, seen.state)).toMatchObject({ people: 12 });
  await expect(approveAs(rig, 'cy', runId)).rejects.toMatchObject({ code: 'NOTHING_TO_APPROVE' });
  const { value: entry } = await rig.siaran.audit({ action: 'approve', target: runId }).next();
  expect(entry).toMatchObject({ actor: 'cy', status: 409, text: expect.stringContaining('cy approved') });
});

test('neither a resume nor another hold is a way round it', async () => {
  const runId = await bigRun(rig);
  await rig.siaran.pause(runId);
  await rig.siaran.resume(runId);
  expect(await going(rig, runId)).toEqual([]);
  await rig.query(`UPDATE runs SET held_kind = 'balance', held_reason = 'too low', held_at = now() WHERE id = $1`, [
    runId,
  ]);
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused', held: { kind: 'balance' } });
  await rig.siaran.resume(runId);
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused', held: { kind: 'approval' } });
  expect(await going(rig, runId)).toEqual([]);
  await rig.siaran.cancel(runId);
  await expect(approveAs(rig, 'bo', runId)).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
});

test.each([
  ['name', "'another'"],
  ['template_detail_id', '173'],
  ['columns', "ARRAY['phone_number', 'body_variable1', 'customer_name']"],
  ['separator', "';'"],
  ['value_policy', "'send'"],
  ['start_at', "now() + interval '1 day'"],
  ['time_zone', "'Asia/Jakarta'"],
  ['skip_missed', 'true'],
  ['delivery', "jsonb_set(delivery, '{dailyLimit}', '100000')"],
  ['retry_after_failure', `'{"codes": [131026], "afterMs": 3600000, "times": 1}'`],
])('a run whose %s is another one since it was approved asks again', async (column, value) => {
  const runId = await bigRun(rig);
  await rig.siaran.pause(runId);
  const { state } = await rig.siaran.approval(runId);
  await approveAs(rig, 'bo', runId);
  await rig.query(`UPDATE runs SET ${column} = ${value} WHERE id = $1`, [runId]);
  await rig.siaran.resume(runId);
  expect(await going(rig, runId)).toEqual([]);
  const again = await rig.siaran.run(runId);
  expect(again).toMatchObject({ held: { kind: 'approval' }, approval: { waits: true, approvedBy: 'bo' } });
  const approver = rig.open({ SIARAN_ACTOR: 'bo' });
  await expect(approver.approve(runId, state)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  await rig.siaran.cancel(runId);
});

test('what was looked at first is approved before that, and held after it', async () => {
  const { runId } = await rig.siaran.broadcast({ ...run, first: 3, recipients: invoices(12) });
  await asked(rig.siaran, runId);
  await approveAs(rig, 'bo', runId);
  const looked = await eventually(
    () => rig.siaran.run(runId),
    ({ recipients }) => recipients.scheduled === 3,
  );
  expect(looked).toMatchObject({ held: { kind: 'first' }, recipients: { pending: 9 } });
  await rig.siaran.resume(runId);
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
});
