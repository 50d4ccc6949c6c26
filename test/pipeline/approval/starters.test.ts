import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { finished, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { deliver, endedRun, lookAtAll } from '../resending/retried-rig.js';
import { approveAs, asked, bigRun, going, run, sends } from './setting.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_APPROVAL_ABOVE: '10', SIARAN_ACTOR: 'ada' } });
});
afterAll(() => rig.close());

const message = {
  ...{ phoneNumber: phoneNumber(900), templateDetailId: 172, channelId: 534 },
  ...{ templateName: 'otp', namespace: 'n', language: 'id' },
};

test('the number that workers were told counts for whoever starts a run without one', async () => {
  const workers = await rig.work();
  const runId = await bigRun(rig, rig.open({ SIARAN_APPROVAL_ABOVE: '', SIARAN_ACTOR: 'a program' }));
  expect(await rig.siaran.run(runId)).toMatchObject({ approval: { above: 10, startedBy: 'a program' } });
  expect(await going(rig, runId)).toEqual([]);
  const stricter = rig.open({ SIARAN_APPROVAL_ABOVE: '3' });
  const { runId: small } = await stricter.broadcast({ ...run, recipients: invoices(4) });
  expect(await asked(rig.siaran, small)).toMatchObject({ approval: { above: 3 } });
  const laxer = rig.open({ SIARAN_APPROVAL_ABOVE: '500' });
  const { id } = await laxer.startRun(run);
  expect(await rig.siaran.run(id)).toMatchObject({ approval: { above: 10 } });
  await workers.close();
  // What was started keeps what was asked for then.
  const others = await rig.work({ SIARAN_APPROVAL_ABOVE: '' });
  expect(await rig.siaran.run(runId)).toMatchObject({ approval: { above: 10, waits: true } });
  const { id: free } = await rig.open({ SIARAN_APPROVAL_ABOVE: '' }).startRun(run);
  expect(await rig.siaran.run(free)).toMatchObject({ approval: null });
  await others.close();
  for (const each of [runId, small, id, free]) await rig.siaran.cancel(each);
});

test('a single message waits only where every run is approved', async () => {
  const workers = await rig.work();
  const at = await rig.siaran.sendMessage({ ...message, key: 'at-once' });
  expect(at).toMatchObject({ status: 'scheduled' });
  expect(await rig.siaran.run(at.runId)).toMatchObject({ approval: null });
  const always = rig.open({ SIARAN_APPROVAL_ABOVE: '0' });
  const before = sends(rig);
  const waits = await always.sendMessage({ ...message, key: 'waits', wait: '1ms' });
  expect(waits).toMatchObject({ status: 'pending' });
  expect(await asked(rig.siaran, waits.runId)).toMatchObject({
    held: { reason: 'it waits until somebody other than ada has approved it' },
  });
  expect(sends(rig)).toBe(before);
  await approveAs(rig, 'bo', waits.runId);
  expect(await finished(rig.siaran, waits.runId)).toMatchObject({ outcome: 'handed_over' });
  await workers.close();
});

test('what workers send again by themselves is its first starter’s, and waits as well', async () => {
  const failed = Object.fromEntries(Array.from({ length: 4 }, (_, at) => [at, ['failed', 131026] as const]));
  const runId = await endedRun(rig, 5, failed);
  await rig.query('UPDATE accounts SET approval_above = 3');
  await rig.query("UPDATE runs SET started_by = 'dee' WHERE id = $1", [runId]);
  expect(await lookAtAll(rig)).toBe(1);
  const [again = ''] = (await rig.siaran.run(runId)).resends;
  const workers = await rig.work({ SIARAN_APPROVAL_ABOVE: '3' });
  expect(await asked(rig.siaran, again)).toMatchObject({ approval: { above: 3, startedBy: 'dee' } });
  await expect(approveAs(rig, 'Dee', again)).rejects.toMatchObject({ code: 'OWN_RUN' });
  await approveAs(rig, 'bo', again);
  await workers.close();
  await deliver(rig, again);
});

test('a resend by hand is its caller’s', async () => {
  const failed = Object.fromEntries(Array.from({ length: 4 }, (_, at) => [at, ['failed', 131026] as const]));
  const runId = await endedRun(rig, 5, failed, { retryAfterFailure: undefined } as never);
  await rig.query('UPDATE accounts SET approval_above = 3');
  const { runId: again } = await rig.open({ SIARAN_ACTOR: 'bo' }).resend(runId, { failed: true });
  const workers = await rig.work({ SIARAN_APPROVAL_ABOVE: '3' });
  expect(await asked(rig.siaran, again ?? '')).toMatchObject({ approval: { above: 3, startedBy: 'bo' } });
  await expect(approveAs(rig, 'bo', again ?? '')).rejects.toMatchObject({ code: 'OWN_RUN' });
  await approveAs(rig, 'ada', again ?? '');
  expect(await finished(rig.siaran, again ?? '')).toMatchObject({ outcome: 'handed_over' });
  await workers.close();
});

test('a resend asks for what the first run asked for, by whomever it is sent', async () => {
  const failed = Object.fromEntries(Array.from({ length: 4 }, (_, at) => [at, ['failed', 131026] as const]));
  const runId = await endedRun(rig, 5, failed, { retryAfterFailure: undefined } as never);
  await rig.query('UPDATE accounts SET approval_above = NULL');
  await rig.query('UPDATE runs SET approval_above = 2 WHERE id = $1', [runId]);
  const { runId: again } = await rig.open({ SIARAN_APPROVAL_ABOVE: '' }).resend(runId, { failed: true });
  expect(await rig.siaran.run(again ?? '')).toMatchObject({ approval: { above: 2 } });
  await rig.siaran.cancel(again ?? '');
});
