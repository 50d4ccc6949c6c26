import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { promiseRows } from '../../../src/store/intakes.js';
import { eventually, finished, invoices, type Rig, startRig, sumOfRecipients } from '../../support/rig.js';
import { december } from '../../support/runs.js';

/** A producer that died leaves its source open; somebody who knows that closes it. */
let rig: Rig;
let runId: string;

beforeEach(async () => {
  rig = await startRig();
  runId = (await rig.siaran.startRun(december)).id;
});

afterEach(async () => {
  await rig.close();
});

/** Gives 2,500 rows, which make two blocks and a half, then waits until it may end. */
function producer(source?: string) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let more: () => void = () => {};
  const given = new Promise<void>((resolve) => {
    more = resolve;
  });
  async function* rows() {
    yield* invoices(2_500);
    more();
    await ended;
    yield* invoices(1_500, 2_500);
  }
  const enqueued = rig.siaran.enqueue(runId, rows(), source === undefined ? {} : { source });
  enqueued.catch(() => {});
  return { given, end, enqueued };
}

const buffered = async () => (await rig.ctx.buffer.heads(runId)).reduce((sum, { rows }) => sum + rows, 0);

test.each([undefined, 'crm'])(
  'what a dead producer has pushed goes out, and its run ends: source %s',
  async (source) => {
    const { given } = producer(source);
    await given;
    await eventually(buffered, (rows) => rows === 2_000);
    // Its blocks are cut already; in the next test they stand in the buffer.
    await rig.siaran.enqueue(runId, invoices(1_000, 10_000), { source: 'another' });
    await rig.siaran.seal(runId);
    await chunkRun(rig.ctx, runId);
    await rig.work();
    const { unclosedSources } = await rig.siaran.run(runId);
    expect(unclosedSources).toEqual([source ?? expect.stringMatching(/^process \S+-\d+ [0-9a-f]{8}$/)]);
    const [name = ''] = unclosedSources;
    await expect(rig.siaran.closeSource(runId, 'crn')).rejects.toMatchObject({
      code: 'SOURCE_CLOSED',
      message: expect.stringContaining(`Those that are not: "${name}".`),
    });
    expect(await rig.siaran.closeSource(runId, name)).toEqual({ runId, source: name, rows: 2_000 });
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({
      outcome: 'handed_over',
      ...{ unclosedIntakes: 0, unclosedSources: [] },
      recipients: { enqueued: 3_000, promised: 3_000, scheduled: 3_000, missing: 0 },
    });
    expect(sumOfRecipients(run)).toBe(3_000);
    expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
    await expect(rig.siaran.closeSource(runId, name)).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
  },
);

test('a producer that is alive after all gets an error, and nothing that it had pushed is lost', async () => {
  const { given, end, enqueued } = producer('crm');
  await given;
  await eventually(buffered, (rows) => rows === 2_000);
  expect(await rig.siaran.closeSource(runId, 'crm')).toMatchObject({ rows: 2_000 });
  expect(await buffered()).toBe(2_000);
  end();
  await expect(enqueued).rejects.toMatchObject({ code: 'INTAKE_LOST', message: expect.stringContaining('closed') });
  expect(await rig.siaran.run(runId)).toMatchObject({
    unclosedIntakes: 0,
    recipients: { buffered: 2_000, missing: 0 },
  });
  // The same again, as its error says, completes it.
  expect(await rig.siaran.enqueue(runId, invoices(4_000), { source: 'crm' })).toMatchObject({ accepted: 4_000 });
  await rig.siaran.seal(runId);
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 4_000 } });
});

test('calls of a process that share a source: one that is under way hears of it, and later ones come on top', async () => {
  const { given, end, enqueued } = producer();
  await given;
  await eventually(buffered, (rows) => rows === 2_000);
  const [name = ''] = (await rig.siaran.run(runId)).unclosedSources;
  await rig.siaran.closeSource(runId, name);
  // Another call of it that ends meanwhile doesn't open it again.
  const [{ id = '' } = {}] = await rig.query<{ id: string }>('SELECT id FROM intakes');
  expect(await promiseRows(rig.ctx.db, id, { blocks: 2, rows: 2_000, close: false })).toBe(false);
  end();
  await expect(enqueued).rejects.toMatchObject({ code: 'INTAKE_LOST' });
  expect(await rig.siaran.enqueue(runId, invoices(10, 20_000))).toMatchObject({ accepted: 10 });
  expect(await rig.siaran.run(runId)).toMatchObject({
    unclosedIntakes: 0,
    recipients: { buffered: 2_010, promised: 2_010, missing: 0 },
  });
});
