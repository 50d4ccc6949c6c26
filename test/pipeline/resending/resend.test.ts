import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Workers } from '../../../src/index.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
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
const breaches = async (runId: string) => (await rig.siaran.verify(runId)).breaches;

test('exactly those are sent to again whose message failed, with the values of then, and both runs tell of each other', async () => {
  const runId = await broadcast(10, {
    0: ['failed', 131026],
    1: ['failed', 131053],
    2: ['delivered'],
    3: ['read'],
    4: ['sent'],
    5: ['failed', 131050],
    6: ['failed', 131049],
    7: ['failed', 131026],
    8: ['failed', 131026],
  });
  await rig.siaran.suppress([phoneNumber(7)]);
  await rig.siaran.forget(phoneNumber(8));
  const leftOut = {
    delivered: 2,
    sent: 1,
    opted_out: 1,
    marketing_limit: 1,
    suppressed: 1,
    forgotten: 1,
    unanswered: 1,
  };
  const counted = await rig.siaran.resend(runId, { failed: true, dryRun: true });
  expect(counted).toEqual({ runId: null, recipients: 2, leftOut });
  expect(await rig.siaran.runs()).toHaveLength(1);

  const resent = await rig.siaran.resend(runId, { failed: true, name: 'December, again' });
  expect(resent).toEqual({ runId: expect.stringMatching(/^r/), recipients: 2, leftOut });
  const newId = resent.runId ?? '';
  const view = await finished(rig.siaran, newId);
  expect(view).toMatchObject({ name: 'December, again', templateDetailId: 172, resendOf: runId, resends: [] });
  expect(view.recipients).toMatchObject({ enqueued: 2, scheduled: 2, rejected: 0 });
  expect(await rig.siaran.run(runId)).toMatchObject({ resendOf: null, resends: [newId] });
  expect(deliveries(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)).toEqual([2, 2, 1, 1, 1, 1, 1, 1, 1, 1]);
  const job = rig.sandbox.accepted.jobs().at(-1);
  const { bytes } = rig.sandbox.accepted.fileText(job?.broadcastFileId ?? 0) ?? {};
  expect(Buffer.from(bytes ?? []).toString()).toContain(`${phoneNumber(1)},Customer 1,INV-1`);
  for (const each of [runId, newId]) expect(await breaches(each)).toEqual([]);
});

test('the same again finds the same run and sends nothing, and counting says so; other codes, or --again, make another one', async () => {
  const runId = await broadcast(4, { 0: ['failed', 131026], 1: ['failed', 131053], 2: ['failed', 131049, 25] });
  const first = await rig.siaran.resend(runId, { failed: true, codes: [131026] });
  expect(first).toMatchObject({ recipients: 1, leftOut: { other_code: 2, unanswered: 1 } });
  const twice = await Promise.all([1, 2].map(() => rig.siaran.resend(runId, { failed: true, codes: [131026] })));
  for (const again of twice) expect(again).toEqual({ runId: first.runId, recipients: 1, leftOut: {}, already: true });
  const counted = await rig.siaran.resend(runId, { failed: true, codes: [131026], dryRun: true });
  expect(counted).toEqual({ runId: first.runId, recipients: 1, leftOut: {}, already: true });
  const named = { failed: true, codes: [131026], name: 'another' };
  await expect(rig.siaran.resend(runId, named)).rejects.toMatchObject({ code: 'KEY_CONFLICT' });
  await finished(rig.siaran, first.runId ?? '');
  const others = await rig.siaran.resend(runId, { failed: true, codes: [131049, 131053] });
  expect(others).toMatchObject({ recipients: 2, leftOut: { other_code: 1 } });
  await finished(rig.siaran, others.runId ?? '');
  // Who was sent to again, and didn't fail, isn't sent to a third time.
  const again = await rig.siaran.resend(runId, { failed: true, again: true });
  expect(again).toEqual({ runId: null, recipients: 0, leftOut: { resent: 2, marketing_limit: 1, unanswered: 1 } });
  expect(deliveries(0, 1, 2, 3)).toEqual([2, 2, 2, 1]);

  // Its message failed once more.
  await beganHoursAgo(rig, first.runId ?? '', 2);
  await tell(rig, item('wamid.again', 'failed', toldAt(1), phoneNumber(0), 131026));
  const third = await rig.siaran.resend(runId, { failed: true, again: true });
  expect(third).toMatchObject({ recipients: 1, leftOut: { resent: 1, marketing_limit: 1, unanswered: 1 } });
  await finished(rig.siaran, third.runId ?? '');
  expect(deliveries(0, 1, 2, 3)).toEqual([3, 2, 2, 1]);
});

test('nobody of an unknown batch, nor of one that failed, and the unanswered only if that is asked for', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const { runId: unknown } = await rig.siaran.broadcast({
    ...{ name: 'unknown', templateDetailId: 172, columns: invoiceColumns, recipients: invoices(3) },
  });
  await finished(rig.siaran, unknown);
  await tell(rig, item('wamid.u', 'failed', new Date(), phoneNumber(0), 131026));
  const both = { failed: true, unansweredAfter: '47h' };
  const everybody = { runId: null, recipients: 0, leftOut: { unknown: 3 } };
  expect(await rig.siaran.resend(unknown, both)).toEqual(everybody);
  rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 422, message: 'bad template' }]);
  const { runId: refused } = await rig.siaran.broadcast({
    ...{ name: 'refused', templateDetailId: 172, columns: invoiceColumns, recipients: invoices(3) },
  });
  await finished(rig.siaran, refused);
  expect(await rig.siaran.resend(refused, both)).toEqual({ ...everybody, leftOut: { not_handed_over: 3 } });
  rig.sandbox.setFaults([]);
  const silent = await broadcast(3, { 0: ['sent'] });
  expect(await rig.siaran.resend(silent, { unansweredAfter: '49h' })).toMatchObject({ runId: null, recipients: 0 });
  expect(await rig.siaran.resend(silent, both)).toMatchObject({ recipients: 2, leftOut: { sent: 1 } });
});

test('a resend that broke off is completed by the same call, and nobody is messaged twice', async () => {
  const runId = await broadcast(6, { 0: ['failed', 131026], 1: ['failed', 131026], 2: ['failed', 131026] });
  await rig.query(`CREATE FUNCTION break_off() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$;
    CREATE TRIGGER breaks BEFORE UPDATE OF sealed_at ON runs FOR EACH ROW EXECUTE FUNCTION break_off()`);
  await expect(rig.siaran.resend(runId, { failed: true })).rejects.toThrow('broken off');
  await rig.query('DROP TRIGGER breaks ON runs');
  const resent = await rig.siaran.resend(runId, { failed: true });
  expect(resent).toMatchObject({ recipients: 3, leftOut: { unanswered: 3 } });
  expect(await rig.siaran.runs()).toHaveLength(2);
  await eventually(
    () => rig.siaran.run(resent.runId ?? ''),
    (run) => run.status === 'finished' && run.recipients.scheduled === 3,
  );
  expect(deliveries(0, 1, 2, 3)).toEqual([2, 2, 2, 1]);
  expect(await breaches(resent.runId ?? '')).toEqual([]);
});

test('what is asked for wrongly is named, and nothing is done', async () => {
  const runId = await broadcast(1, {});
  const asked = [
    [{}, /Say whose/],
    [{ unansweredAfter: '2h', codes: [131026] }, /codes goes with failed/],
    [{ failed: true, codes: [131050] }, /never sent to again/],
    [{ failed: true, codes: [] }, /codes is \[\]; write numbers of WhatsApp/],
    [{ unansweredAfter: '10m' }, /unansweredAfter is "10m"; write a duration of 1h/],
  ] as const;
  for (const [request, message] of asked)
    await expect(rig.siaran.resend(runId, request)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  await expect(rig.siaran.resend('rnobody00', { failed: true })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('while one is being filled no other begins: who is in it can not be told yet', async () => {
  const runId = await broadcast(3, { 0: ['failed', 131026], 1: ['failed', 131053] });
  // Nobody cuts what the first one hands in.
  await stopWork();
  const first = await rig.siaran.resend(runId, { failed: true, codes: [131026] });
  const more = { failed: true, codes: [131026, 131053] };
  await expect(rig.siaran.resend(runId, more)).rejects.toMatchObject({ code: 'RESENDING' });
  await expect(rig.siaran.resend(first.runId ?? '', { ...more, again: true })).resolves.toMatchObject({
    recipients: 0,
  });
  expect(await rig.siaran.runs()).toHaveLength(2);
  await rig.work();
  await finished(rig.siaran, first.runId ?? '');
  expect(await rig.siaran.resend(runId, more)).toMatchObject({ recipients: 1, leftOut: { resent: 1, unanswered: 1 } });
});

test('of several that begin at the same time one is made, and the others are told to wait', async () => {
  const runId = await broadcast(3, { 0: ['failed', 131026], 1: ['failed', 131026] });
  await stopWork();
  const made = await Promise.allSettled(
    [[131026], [131026, 131053], [131026, 130472]].map((codes) => rig.siaran.resend(runId, { failed: true, codes })),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const each of made) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'RESENDING' });
  await rig.work();
  for (const { id } of await rig.siaran.runs()) await finished(rig.siaran, id);
  expect(deliveries(0, 1, 2)).toEqual([2, 2, 1]);
});
