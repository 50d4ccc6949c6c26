import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Workers } from '../../../src/index.js';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { beganHoursAgo, item, tell } from '../../support/statuses.js';
import { deliveries as deliveriesOf, type Fates, handedOver, toldAt } from './retried-rig.js';

let rig: Rig;
let workers: Workers;
beforeEach(async () => {
  rig = await startRig();
  workers = await rig.work();
});
const stopWork = () => workers.close();
afterEach(() => rig.close());

const broadcast = (count: number, fates: Fates) => handedOver(rig, count, fates);
const deliveries = (...at: number[]) => deliveriesOf(rig, ...at);

test('who was reached by a later run is left out of every run that goes back to the same first one', async () => {
  const runId = await broadcast(2, { 0: ['failed', 131026] });
  const second = (await rig.siaran.resend(runId, { failed: true })).runId ?? '';
  await finished(rig.siaran, second);
  await beganHoursAgo(rig, second, 24);
  await tell(rig, item('wamid.second', 'failed', toldAt(23), phoneNumber(0), 131026));
  const third = (await rig.siaran.resend(second, { failed: true })).runId ?? '';
  await finished(rig.siaran, third);
  for (const again of [runId, second])
    expect(await rig.siaran.resend(again, { failed: true, again: true })).toMatchObject({
      recipients: 0,
      leftOut: { resent: 1 },
    });
  expect(deliveries(0, 1)).toEqual([3, 1]);
});

test('what WhatsApp said of somebody in a later run counts in every run that goes back to the same first one', async () => {
  const runId = await broadcast(3, { 0: ['failed', 131026], 1: ['failed', 131026], 2: ['failed', 131026] });
  const second = (await rig.siaran.resend(runId, { failed: true })).runId ?? '';
  await finished(rig.siaran, second);
  await beganHoursAgo(rig, second, 24);
  await tell(
    rig,
    item('wamid.later.0', 'failed', toldAt(2), phoneNumber(0), 131049),
    item('wamid.later.1', 'failed', toldAt(2), phoneNumber(1), 131050),
    item('wamid.later.2', 'failed', toldAt(2), phoneNumber(2), 131053),
  );
  // An operator took the opt-out off the list: WhatsApp's word still stands.
  await rig.siaran.unsuppress([phoneNumber(1)]);
  const counted = (codes?: number[]) =>
    rig.siaran.resend(runId, { failed: true, again: true, dryRun: true, ...(codes && { codes }) });
  expect(await counted()).toMatchObject({ recipients: 1, leftOut: { marketing_limit: 1, opted_out: 1 } });
  expect(await counted([131026])).toMatchObject({ recipients: 1, leftOut: { other_code: 1, opted_out: 1 } });
  expect(await counted([131026, 131049])).toMatchObject({ recipients: 1, leftOut: { too_early: 1, opted_out: 1 } });
});

test('whom an earlier run reached after all is not sent to again, and whom it did not reach is', async () => {
  const runId = await broadcast(2, { 0: ['failed', 131026], 1: ['failed', 131026] });
  const second = (await rig.siaran.resend(runId, { failed: true })).runId ?? '';
  await finished(rig.siaran, second);
  await beganHoursAgo(rig, second, 24);
  await tell(
    rig,
    item('wamid.again.0', 'failed', toldAt(23), phoneNumber(0), 131026),
    item('wamid.again.1', 'failed', toldAt(23), phoneNumber(1), 131026),
    item(`wamid.${runId}.0.failed`, 'delivered', toldAt(22)),
  );
  expect(await rig.siaran.resend(second, { failed: true, dryRun: true })).toMatchObject({
    recipients: 1,
    leftOut: { resent: 1 },
  });
});

describe('who is in a later run that never handed them over is not lost:', () => {
  const failed = { 0: ['failed', 131026], 1: ['failed', 131026], 2: ['failed', 131026] } as const;
  const again = { failed: true, again: true };

  test('of one that Qiscus refused, once it is cancelled and nobody can retry it', async () => {
    const runId = await broadcast(3, { ...failed });
    rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad template' }]);
    const refused = (await rig.siaran.resend(runId, { failed: true })).runId ?? '';
    await finished(rig.siaran, refused);
    rig.sandbox.setFaults([]);
    expect(await rig.siaran.resend(runId, again)).toEqual({ runId: null, recipients: 0, leftOut: { refused: 3 } });
    await rig.siaran.cancel(refused);
    expect(await rig.siaran.retry(refused)).toEqual({ batches: 0, recipients: 0 });
    const third = await rig.siaran.resend(runId, again);
    expect(third).toMatchObject({ recipients: 3, leftOut: {} });
    await finished(rig.siaran, third.runId ?? '');
    expect(deliveries(0, 1, 2)).toEqual([2, 2, 2]);
  });

  test('of one that was cancelled before it went out, and of one that left them out when they were suppressed', async () => {
    const runId = await broadcast(3, { ...failed });
    await stopWork();
    const cancelled = (await rig.siaran.resend(runId, { failed: true })).runId ?? '';
    await rig.siaran.cancel(cancelled);
    workers = await rig.work();
    await finished(rig.siaran, cancelled);
    await stopWork();
    const second = (await rig.siaran.resend(runId, again)).runId ?? '';
    await rig.siaran.suppress([phoneNumber(0)]);
    workers = await rig.work();
    await finished(rig.siaran, second);
    await rig.siaran.unsuppress([phoneNumber(0)]);
    const third = await rig.siaran.resend(runId, again);
    expect(third).toMatchObject({ recipients: 1, leftOut: { resent: 2 } });
    await finished(rig.siaran, third.runId ?? '');
    expect(deliveries(0, 1, 2)).toEqual([2, 2, 2]);
  });

  test('but whoever is in a batch that is unknown is, although its run is cancelled', async () => {
    const runId = await broadcast(3, { ...failed });
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const unknown = (await rig.siaran.resend(runId, { failed: true })).runId ?? '';
    await finished(rig.siaran, unknown);
    await rig.siaran.cancel(unknown);
    expect(await rig.siaran.resend(runId, again)).toEqual({ runId: null, recipients: 0, leftOut: { resent: 3 } });
    expect(deliveries(0, 1, 2)).toEqual([2, 2, 2]);
  });
});
