import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createLogger } from '../../../src/logger.js';
import { MessageLane } from '../../../src/pipeline/delivery/message-lane.js';
import type { Hints } from '../../../src/queue/queues.js';
import { eventually, invoices, type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, december, messageTemplate } from '../../support/runs.js';

/** A lane of four places, in which messages end when the test says so. */
function openLane() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const deliver = (batchId: string) => {
    begun.push(batchId);
    return new Promise<void>((resolve, reject) => {
      ends.set(batchId, (error) => (error ? reject(error) : resolve()));
    });
  };
  const lane = new MessageLane(deliver, { concurrency: 1, logger: createLogger('silent') });
  const end = async (batchId: string, error?: Error) => {
    ends.get(batchId)?.(error);
    await turn();
  };
  return { lane, begun, end };
}

test('no more messages begin than there are places, and the next ones begin together as soon as half of them are free', async () => {
  const { lane, begun, end } = openLane();
  const through = lane.deliver(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  for (const batchId of ['b', 'a']) await end(batchId);
  expect(begun.slice(4)).toEqual(['e', 'f']);
  // One that fails takes no other one with it.
  for (const batchId of ['c', 'd', 'e']) await end(batchId, new Error('lost'));
  expect(begun.slice(6)).toEqual(['g']);
  for (const batchId of ['f', 'g']) await end(batchId);
  await through;
});

test('no place stays free because the requests in the others are slow, and who is waited for takes it at once', async () => {
  const { lane, begun, end } = openLane();
  const through = lane.deliver(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  await end('a');
  await eventually(
    async () => begun,
    (all) => all.length === 5,
  );
  await end('e');
  await lane.deliverFirst('urgent', 'waiter');
  expect(begun.slice(4)).toEqual(['e', 'urgent']);
  for (const batchId of ['b', 'c', 'd', 'urgent', 'f', 'g']) await end(batchId);
  await through;
});

test('a job that comes when the lane is closed is through at once', async () => {
  const { lane, begun } = openLane();
  await lane.close();
  await lane.deliver(Array.from({ length: 20 }, (_, at) => String(at)));
  await lane.deliverFirst('late', 'waiter');
  expect(begun).toEqual([]);
});

test('a message that a program waits for begins before those of runs, and whoever brings it goes on while there is room', async () => {
  const { lane, begun, end } = openLane();
  const through = lane.deliver(['a', 'b', 'c', 'd', 'e', 'f']);
  for (const batchId of ['one', 'two', 'three']) await lane.deliverFirst(batchId, 'waiter');
  let isLetIn = false;
  const last = lane.deliverFirst('four', 'waiter').then(() => {
    isLetIn = true;
  });
  await turn();
  expect(isLetIn).toBe(false);
  for (const batchId of ['a', 'b']) await end(batchId);
  await last;
  expect(begun.slice(4)).toEqual(['one', 'two']);
  for (const batchId of ['c', 'd', 'one', 'two', 'three', 'four', 'e', 'f']) await end(batchId);
  await through;
});

test('a message that is hinted at twice is in hand once', async () => {
  const { lane, begun, end } = openLane();
  const both = [lane.deliver(['a', 'b']), lane.deliver(['a'])];
  for (const batchId of ['a', 'b']) await end(batchId);
  await Promise.all(both);
  expect(begun).toEqual(['a', 'b']);
});

test('a lane that is closed begins nothing any more, and waits for what has begun', async () => {
  const { lane, begun, end } = openLane();
  const through = lane.deliver(['a', 'b', 'c', 'd', 'e']);
  let isClosed = false;
  const closed = lane.close().then(() => {
    isClosed = true;
  });
  for (const batchId of ['a', 'b', 'c']) await end(batchId);
  expect(isClosed).toBe(false);
  await end('d');
  await Promise.all([closed, through]);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('messages of a run share queue jobs, and who is hinted at again has the same ones', async () => {
  const rig = await startRig();
  try {
    const jobs = async (hints: Hints) =>
      (await hints.depths()).filter(({ queue }) => queue === 'deliver').reduce((sum, each) => sum + each.jobs, 0);
    const { hints } = rig.ctx;
    const messages = Array.from({ length: 45 }, (_, at) => ({
      ...{ id: batchIdOf('rmessages', at + 1), account: 'default', number: at + 1, claimNumber: 0, isMessage: true },
    }));
    for (let time = 0; time < 2; time += 1) {
      expect(await hints.deliver(messages)).toBe(true);
      expect(await jobs(hints)).toBe(3);
    }
    // What is left of a group is another state, as is one that was claimed meanwhile.
    await hints.deliver(messages.slice(1));
    await hints.deliver(messages.map((message) => ({ ...message, claimNumber: 1 })));
    expect(await jobs(hints)).toBe(7);
  } finally {
    await rig.close();
  }
});

test('a worker has no more intents out than requests that it makes at the same time', async () => {
  const rig: Rig = await startRig();
  try {
    rig.sandbox.setFaults([{ kind: 'latency', latencyMs: 50, on: 'client' }]);
    await rig.work({ SIARAN_CONCURRENCY: '1' });
    const { runId } = await rig.siaran.broadcast({
      ...december,
      ...messageTemplate,
      delivery: 'individual',
      recipients: invoices(40),
    });
    let most = 0;
    const look = async () => {
      const [row] = await rig.query("SELECT count(*)::int AS out FROM batches WHERE status = 'sending'");
      most = Math.max(most, Number(row?.out));
      return rig.siaran.run(runId);
    };
    await eventually(look, ({ status }) => status === 'finished');
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(rig.sandbox.accepted.summary()).toMatchObject({ recipients: 40, mostPerNumber: 1 });
  } finally {
    await rig.close();
  }
});
