import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Wish } from '../../../src/domain/statuses/opt-outs.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { exportRun } from '../../../src/pipeline/views/export-run.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { beganHoursAgo, item, tell } from '../../support/statuses.js';
import { tracesOf } from '../../support/traces.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
});
afterEach(() => rig.close());

const settings = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

/** Whom the tests forget: the third of the invoices. */
const person = phoneNumber(2);
/** Written otherwise. */
const national = `0${person.slice(2, 5)}-${person.slice(5, 9)}-${person.slice(9)}`;
const name = 'Customer 2"';

async function chunked(count: number, more: { startAt?: Date; handOver?: string } = {}): Promise<string> {
  const { id } = await rig.siaran.startRun({ ...settings, ...more });
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  return id;
}

async function handedOver(count: number): Promise<string> {
  const runId = await chunked(count);
  await deliver(runId);
  return runId;
}

const deliver = (runId: string) => deliverBatch(rig.ctx, `${runId}-0001`, { probing: false });
const breaches = async (runId: string) => (await rig.siaran.verify(runId)).breaches;
const toldAt = () => new Date(Date.now() - 1_800_000);

test('number, values, names and records of messages go from every run, and its figures stay', async () => {
  const runs = [await handedOver(5), await handedOver(5), await chunked(5)];
  for (const [at, runId] of runs.slice(0, 2).entries()) {
    await beganHoursAgo(rig, runId, 1 + 200 * at);
    await tell(rig, item(`wamid.${runId}`, 'failed', new Date(toldAt().getTime() - at * 720_000_000), person, 131026));
  }
  await rig.siaran.suppress([person], { reason: 'asked by phone' });
  const before = await Promise.all(runs.map((runId) => rig.siaran.run(runId)));

  const forgotten = await rig.siaran.forget(national, { by: 'privacy desk' });

  expect(forgotten).toEqual({ runs: 3, messages: 2, emptiedDrafts: [] });
  for (const trace of [person, name, 'INV-2"', 'wamid', 'title of']) expect(await tracesOf(rig, trace)).toEqual([]);
  expect(await tracesOf(rig, phoneNumber(3))).not.toEqual([]);
  expect(await Promise.all(runs.map((runId) => rig.siaran.run(runId)))).toEqual(before);
  for (const runId of runs) expect(await breaches(runId)).toEqual([]);
  const shown = await rig.query('SELECT shown_status(l) AS status, failed_code AS code FROM broadcast_logs l');
  expect(shown).toEqual([1, 2].map(() => ({ status: 'failed', code: 131026 })));
  expect(await rig.siaran.forget(person, { by: 'somebody else' })).toEqual(forgotten);
});

test('what callbacks told besides goes too, and nothing of it is written again', async () => {
  await handedOver(5);
  const groups = new CallbackGroups(rig.ctx);
  const pair = { userId: 'ID.2035200694071263', phoneNumber: person, formerUserId: null };
  const wish = {
    ...{ wants: 'stop', kind: 'stop_word', messageId: 'wamid.stop' },
    phoneNumber: person,
    userId: null,
    at: null,
  };
  const tellAll = () => groups.receive('default', [], { pairs: [pair], wishes: [wish as Wish] });
  await tellAll();
  expect(await tracesOf(rig, person)).toEqual(expect.arrayContaining(['public.opt_outs', 'public.user_ids']));
  await rig.siaran.forget(person);
  expect(await tracesOf(rig, person)).toEqual([]);
  await tellAll();
  for (const trace of [person, pair.userId]) expect(await tracesOf(rig, trace)).toEqual([]);
});

test('it can be told later whether, when and by whom', async () => {
  await handedOver(5);
  expect(await rig.siaran.recipient(person)).toMatchObject({ forgotten: null, suppressed: false, runs: [{}] });
  await rig.siaran.forget(person, { by: 'privacy desk' });
  expect(await rig.siaran.recipient(national)).toEqual({
    phoneNumber: person,
    suppressed: true,
    forgotten: { at: expect.stringMatching(/Z$/), by: 'privacy desk', finishedAt: expect.stringMatching(/Z$/) },
    runs: [],
  });
  expect(await rig.siaran.recipient(phoneNumber(3))).toMatchObject({ forgotten: null });
  const entries = await rig.query("SELECT actor, action, target, detail FROM audit_entries WHERE action = 'forget'");
  expect(entries).toEqual([{ actor: 'privacy desk', action: 'forget', target: '', detail: {} }]);
});

test('the suppression list keeps them for good, and never their number', async () => {
  await rig.siaran.forget(person);
  expect(await rig.siaran.suppress([person, phoneNumber(3)])).toEqual({ added: 1, already: 1 });
  await expect(rig.siaran.unsuppress([phoneNumber(3), national])).rejects.toMatchObject({
    code: 'USAGE',
    message: 'phone_number "6281*******02" was forgotten: it stays on the list.',
  });
  const listed = [];
  for await (const { phoneNumber: number } of rig.siaran.suppressed()) listed.push(number);
  expect(listed).toEqual([phoneNumber(3)]);
  expect(await tracesOf(rig, person)).toEqual([]);
});

describe('nobody messages them again:', () => {
  test('a run that has messaged them knows them as a duplicate', async () => {
    const { id: runId } = await rig.siaran.startRun({ ...settings, flushAfter: '1ms' });
    await rig.siaran.enqueue(runId, invoices(5), { source: 'first' });
    const workers = await rig.work();
    await eventually(
      () => rig.siaran.run(runId),
      ({ recipients }) => recipients.scheduled === 5,
    );
    await workers.close();
    await rig.siaran.forget(person);
    await rig.siaran.enqueue(runId, invoices(6), { source: 'again' });
    await rig.siaran.seal(runId);
    await rig.work();
    expect((await finished(rig.siaran, runId)).recipients).toMatchObject({
      duplicates: 5,
      suppressed: 0,
      scheduled: 6,
    });
    expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(1);
    expect(await tracesOf(rig, person)).toEqual([]);
    expect(await breaches(runId)).toEqual([]);
  });

  test('another run leaves them out, and writes nothing of them', async () => {
    await rig.siaran.forget(person);
    const recipients = [
      ...invoices(5),
      { phone_number: national, customer_name: 'Customer 2', body_variable1: 'INV-2' },
    ];
    const { runId } = await rig.siaran.broadcast({ ...settings, recipients });
    await rig.work();
    expect((await finished(rig.siaran, runId)).recipients).toMatchObject({
      suppressed: 1,
      duplicates: 1,
      scheduled: 4,
    });
    for (const trace of [person, name]) expect(await tracesOf(rig, trace)).toEqual([]);
    expect(await breaches(runId)).toEqual([]);
    expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
  });

  test('what waits in Redis is dropped when it is cut, and leaves Redis then', async () => {
    const { id: runId } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(runId, invoices(5), { source: 'list' });
    const { id: other } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(other, invoices(2), { source: 'list' });
    const forgotten = { runs: 0, messages: 0, emptiedDrafts: [] };
    expect(await rig.siaran.forget(person)).toEqual({ ...forgotten, waitingRuns: [runId] });
    expect((await rig.siaran.recipient(person)).forgotten).toMatchObject({ finishedAt: null });
    expect(await tracesOf(rig, person)).toEqual([expect.stringMatching(/:blocks$/)]);
    await rig.siaran.seal(runId);
    await rig.work();
    expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 4 });
    for (const trace of [person, name]) expect(await tracesOf(rig, trace)).toEqual([]);
    expect(await breaches(runId)).toEqual([]);
    expect(await rig.siaran.forget(person)).toEqual(forgotten);
    expect((await rig.siaran.recipient(person)).forgotten).toMatchObject({ finishedAt: expect.stringMatching(/Z$/) });
  });

  test('a batch that waits is made anew without them, also one with a file', async () => {
    const waits = { startAt: new Date(Date.now() + 86_400_000), handOver: '1h' };
    const [cut, uploaded] = [await chunked(5), await chunked(5, waits)];
    await deliver(uploaded);
    expect(await rig.siaran.batches(uploaded)).toMatchObject([{ status: 'uploaded', recipients: 5 }]);
    await rig.siaran.forget(person);
    await rig.query(
      "UPDATE runs SET hand_over_at = NULL, start_at = now(), delivery = delivery - 'handOverAheadMs' || '{\"handOverAheadMs\": null}'",
    );
    await rig.work();
    for (const runId of [cut, uploaded]) {
      expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 4 });
      expect(await breaches(runId)).toEqual([]);
    }
    expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(3))).toBe(2);
  });

  test('a batch that failed is retried without them', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: `template is paused for ${person}` }]);
    const runId = await handedOver(5);
    expect(await rig.siaran.batches(runId)).toMatchObject([
      { status: 'failed', error: expect.stringContaining(person) },
    ]);
    rig.sandbox.setFaults([]);
    await rig.siaran.forget(person);
    expect(await tracesOf(rig, person)).toEqual([]);
    await rig.siaran.retry(runId);
    await rig.work();
    expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 4 });
    expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
    expect(await breaches(runId)).toEqual([]);
  });

  test('a single message to them is left out, before and after it was asked for', async () => {
    const message = {
      ...{ templateDetailId: 172, channelId: 7, templateName: 't', namespace: 'n', language: 'id', wait: '1ms' },
      variables: ['Customer 2'],
    };
    const waiting = await rig.siaran.sendMessage({ ...message, key: 'waits', phoneNumber: person });
    await rig.siaran.forget(person);
    expect(await rig.siaran.sendMessage({ ...message, key: 'waits', phoneNumber: national })).toMatchObject(waiting);
    const later = await rig.siaran.sendMessage({ ...message, key: 'later', phoneNumber: person });
    for (const trace of [person, 'Customer 2']) expect(await tracesOf(rig, trace)).toEqual([]);
    await rig.work();
    for (const { runId } of [waiting, later]) {
      expect((await finished(rig.siaran, runId)).recipients).toMatchObject({ suppressed: 1, scheduled: 0 });
      expect(await breaches(runId)).toEqual([]);
    }
    expect(rig.sandbox.accepted.deliveriesTo(person)).toBe(0);
    expect(await rig.siaran.sendMessage({ ...message, key: 'later', phoneNumber: person })).toMatchObject({
      status: 'cancelled',
    });
  });
});

test('an export tells of them nothing but how their batch stands', async () => {
  const runId = await handedOver(4);
  await rig.siaran.forget(person);
  const { pages } = await exportRun(rig.ctx, runId);
  const rows = (await pages.next()).value ?? [];
  expect(rows[2]).toMatchObject({
    phone_number: 'forgotten',
    customer_name: '',
    body_variable1: '',
    status: 'scheduled',
  });
  expect(rows[3]).toMatchObject({ phone_number: phoneNumber(3), customer_name: 'Customer 3' });
});
