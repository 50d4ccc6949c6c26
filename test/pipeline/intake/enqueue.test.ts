import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
});
afterAll(() => rig.close());

const settings = { name: 'December invoices', templateDetailId: 172, columns: invoiceColumns };
const row = (phone: string) => ({ phone_number: phone, customer_name: 'A', body_variable1: 'B' });

test('the same key gives the same run, and other settings are named', async () => {
  const first = await rig.siaran.startRun({ ...settings, key: 'same' });
  const again = await rig.siaran.startRun({ ...settings, key: 'same' });
  expect(again).toEqual({ ...first, existed: true });
  await expect(
    rig.siaran.startRun({ ...settings, key: 'same', separator: ';', templateDetailId: 9 }),
  ).rejects.toMatchObject({
    code: 'KEY_CONFLICT',
    differences: ['templateDetailId was 172, is now 9', 'separator was ",", is now ";"'],
  });
});

test('twenty programs that start the same key at once get one run', async () => {
  const started = await Promise.all(
    Array.from({ length: 20 }, () => rig.siaran.startRun({ ...settings, key: 'at once' })),
  );
  expect(new Set(started.map((run) => run.id)).size).toBe(1);
  expect(started.filter((run) => !run.existed)).toHaveLength(1);
});

test('a run with wrong settings is refused with every fault named', async () => {
  const wrong = {
    name: '',
    templateDetailId: 1.5,
    columns: ['customer_name', 'customer_name'],
    separator: '\t',
    startAt: 'tomorrow',
    flushAfter: '5 minutes',
  };
  // @ts-expect-error a separator that Qiscus doesn't take
  const refused = rig.siaran.startRun(wrong);
  await expect(refused).rejects.toMatchObject({ code: 'USAGE' });
  const message = await refused.catch((error: Error) => error.message);
  for (const field of ['name', 'templateDetailId', 'phone_number', 'separator', 'startAt', 'flushAfter'])
    expect(message).toContain(field);
});

test('bad rows are kept once with source, position and reason, however often they come, and never stop the rest', async () => {
  const { id } = await rig.siaran.startRun(settings);
  const rows = [
    row('+62 815-2797-5868'),
    row('81527975869'),
    row('6.28153E+12'),
    row('abc'),
    { phone_number: phoneNumber(1), customer_name: 'no variable' },
    { ...row(phoneNumber(2)), body_variable2: 'unknown column' },
    { ...row(phoneNumber(3)), body_variable1: 'x'.repeat(1_000_001) },
    row('081527975870'),
  ] as ReturnType<typeof row>[];
  for (let time = 0; time < 2; time += 1)
    expect(await rig.siaran.enqueue(id, rows, { source: 'list.csv' })).toEqual({ accepted: 3, rejected: 5 });
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ rejected: 5, buffered: 6 });
  const kept = await rig.query<{ source: string; position: number; reason: string }>(
    'SELECT source, position, reason FROM rejections WHERE run_id = $1 ORDER BY position',
    [id],
  );
  expect(kept.map(({ source, position }) => `${source} ${position}`)).toEqual(
    [3, 4, 5, 6, 7].map((at) => `list.csv ${at}`),
  );
  expect(kept[0]?.reason).toMatch(/spreadsheet|text/i);

  await rig.siaran.seal(id);
  const workers = await rig.work();
  expect((await finished(rig.siaran, id)).recipients).toMatchObject({ scheduled: 3, duplicates: 3, rejected: 5 });
  await workers.close();
  expect([...rig.sandbox.accepted.deliveries().keys()].sort()).toEqual([
    '6281527975868',
    '6281527975869',
    '6281527975870',
  ]);
});

test('calls without a source share blocks, and each of them has its rows in before it resolves', async () => {
  const { id } = await rig.siaran.startRun(settings);
  const calls = Array.from({ length: 300 }, (_, at) => rig.siaran.enqueue(id, invoices(1, at)));
  expect(await Promise.all(calls)).toContainEqual({ accepted: 1, rejected: 0 });
  const run = await rig.siaran.run(id);
  expect(run).toMatchObject({ unclosedIntakes: 0, recipients: { buffered: 300, promised: 300, missing: 0 } });
  expect((await rig.ctx.buffer.heads(id)).length).toBeLessThan(10);
  // And the intake goes on with the next call.
  await rig.siaran.enqueue(id, invoices(5, 300));
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ buffered: 305, promised: 305 });
});

test('calls that come and go all the time lose nothing and leave nothing open', async () => {
  const { id } = await rig.siaran.startRun(settings);
  const producer = async (from: number) => {
    for (let at = 0; at < 25; at += 1) {
      await rig.siaran.enqueue(id, invoices(3, from + at * 3));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
    }
  };
  await Promise.all([0, 1_000, 2_000, 3_000].map(producer));
  expect(await rig.siaran.run(id)).toMatchObject({
    unclosedIntakes: 0,
    recipients: { buffered: 300, promised: 300, missing: 0 },
  });
});

test('an iterable that throws half-way shows as interrupted, and enqueueing again under its source settles that', async () => {
  const { id } = await rig.siaran.startRun(settings);
  const broken = function* () {
    yield* invoices(2_500);
    throw new Error('the database went away');
  };
  await expect(rig.siaran.enqueue(id, broken(), { source: 'export' })).rejects.toThrow('the database went away');
  expect(await rig.siaran.run(id)).toMatchObject({ unclosedIntakes: 1, recipients: { promised: 0 } });
  await rig.siaran.enqueue(id, invoices(3_000), { source: 'export' });
  expect(await rig.siaran.run(id)).toMatchObject({ unclosedIntakes: 0, recipients: { promised: 3_000, missing: 0 } });
  await rig.siaran.seal(id);
  const workers = await rig.work();
  const run = await finished(rig.siaran, id);
  await workers.close();
  expect(run).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 3_000 } });
});

test('a producer waits while the buffer is full, and goes on when it is drained', async () => {
  const { id } = await rig.siaran.startRun(settings);
  let given = 0;
  const counted = function* () {
    for (const invoice of invoices(110_000)) {
      given += 1;
      yield invoice;
    }
  };
  const enqueued = rig.siaran.enqueue(id, counted(), { source: 'large' });
  await eventually(
    async () => ({ given, run: await rig.siaran.run(id) }),
    (seen) => seen.run.recipients.buffered === 100_000,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(given).toBeLessThanOrEqual(103_000);
  const workers = await rig.work();
  expect(await enqueued).toEqual({ accepted: 110_000, rejected: 0 });
  await workers.close();
});

test('a run that is sealed and whole takes no more', async () => {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(10), { source: 'a' });
  await rig.siaran.seal(id);
  await expect(rig.siaran.enqueue(id, invoices(10, 50), { source: 'b' })).rejects.toMatchObject({
    name: 'RunStateError',
    code: 'RUN_COMPLETE',
    runId: id,
  });
  await expect(rig.siaran.enqueue(id, invoices(10, 50))).rejects.toMatchObject({ code: 'RUN_COMPLETE' });
});

test('rows that a wiped Redis lost show as missing, and enqueueing again fills the gap', async () => {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(2_500), { source: 'list' });
  await rig.siaran.seal(id);
  await rig.redis.del(...(await rig.redis.keys(`${rig.env.SIARAN_PREFIX}:*`)));
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, promised: 2_500, missing: 2_500 });
  const workers = await rig.work();
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'needs_attention' });
  expect(await rig.siaran.enqueue(id, invoices(2_500), { source: 'list' })).toEqual({ accepted: 2_500, rejected: 0 });
  const run = await waitForRun(rig, id, ({ outcome }) => outcome === 'handed_over');
  expect(run.recipients).toMatchObject({ scheduled: 2_500, promised: 2_500, missing: 0 });
  await workers.close();
});

test('what one call was promised stays missed when later calls of the same process go on after a wipe', async () => {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(1_000));
  await rig.redis.del(...(await rig.redis.keys(`${rig.env.SIARAN_PREFIX}:*`)));
  await rig.siaran.enqueue(id, invoices(5, 2_000));
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ buffered: 5, promised: 1_005, missing: 1_000 });
});

test('a promise is only taken over by a later one of its source that brings as many rows', async () => {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(1_000), { source: 'list' });
  await rig.redis.del(...(await rig.redis.keys(`${rig.env.SIARAN_PREFIX}:*`)));
  await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ missing: 1_000 });
  await rig.siaran.enqueue(id, invoices(1_000), { source: 'list' });
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ promised: 1_000, missing: 0 });
});

test('a pause that comes and goes does not keep calls from enqueueing', async () => {
  const { id } = await rig.siaran.startRun(settings);
  await rig.siaran.enqueue(id, invoices(5));
  await rig.siaran.pause(id);
  await rig.siaran.resume(id);
  expect(await rig.siaran.enqueue(id, invoices(5, 5))).toEqual({ accepted: 5, rejected: 0 });
  expect(await rig.siaran.run(id)).toMatchObject({ unclosedIntakes: 0, recipients: { buffered: 10, missing: 0 } });
});

test('a producer whose buffer is wiped half-way is told to enqueue again', async () => {
  const { id } = await rig.siaran.startRun(settings);
  const wiped = async function* () {
    yield* invoices(1_500);
    await rig.redis.del(...(await rig.redis.keys(`${rig.env.SIARAN_PREFIX}:*`)));
    yield* invoices(1_500, 1_500);
  };
  await expect(rig.siaran.enqueue(id, wiped(), { source: 'list' })).rejects.toMatchObject({
    code: 'INTAKE_LOST',
    retryable: true,
  });
});

test('a producer that was superseded is refused, so that it cannot promise for the other', async () => {
  const { id } = await rig.siaran.startRun(settings);
  const superseded = async function* () {
    yield* invoices(1_500);
    await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
    yield* invoices(1_500, 1_500);
  };
  await expect(rig.siaran.enqueue(id, superseded(), { source: 'list' })).rejects.toMatchObject({ code: 'INTAKE_LOST' });
});

test.each([[null], ['6281527975868'], [42], [{ phone_number: '6281527975868' }]])(
  'recipients that are %j are refused',
  async (recipients) => {
    const { id } = await rig.siaran.startRun(settings);
    await expect(rig.siaran.enqueue(id, recipients as never)).rejects.toMatchObject({ code: 'USAGE' });
  },
);

test('a run that does not exist is said so', async () => {
  await expect(rig.siaran.enqueue('rnope', invoices(1))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
