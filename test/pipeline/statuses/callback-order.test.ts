import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Rig, startRig } from '../../support/rig.js';
import { batchIdOf } from '../../support/runs.js';
import {
  ago,
  answerMessage,
  delivered,
  fresh,
  type Item,
  individualRun,
  item,
  logsOf,
  own,
  tell,
} from '../../support/statuses.js';
import { tries } from '../../tries.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

/** Places of callbacks in any order, each once or more, cut into bodies anywhere. */
function replays(length: number): fc.Arbitrary<number[][]> {
  const all = Array.from({ length }, (_, place) => place);
  return fc
    .array(fc.constantFrom(...all), { maxLength: length })
    .chain((again) => {
      const told = [...all, ...again];
      const order = fc.shuffledSubarray(told, { minLength: told.length });
      return fc.tuple(order, fc.array(fc.boolean(), { minLength: told.length, maxLength: told.length }));
    })
    .map(([order, ends]) => {
      const bodies: number[][] = [[]];
      order.forEach((place, at) => {
        bodies.at(-1)?.push(place);
        if (ends[at]) bodies.push([]);
      });
      return bodies.filter((body) => body.length > 0);
    });
}

/** Of messages that nobody knows. With so many, messages that have a log go a way of their own. */
const others = Array.from({ length: 200 }, (_, at) => item(`other.${at}`, 'read'));

async function replay(bodies: readonly number[][], items: readonly Item[]): Promise<void> {
  const besides = bodies.length % 4 === 0 ? others : [];
  for (const body of bodies) await tell(rig, ...body.flatMap((place) => items[place] ?? []), ...besides);
}

describe('whatever the order, the repetitions and the bodies', () => {
  test('the end of a message is the same', async () => {
    const runId = await delivered(rig, own(100), 1);
    const [at, later] = [ago(0.9), ago(0.8)];
    await fc.assert(
      fc.asyncProperty(replays(7), fc.boolean(), async (bodies, isRead) => {
        const { number, message } = fresh();
        const end = isRead
          ? [item(message, 'read', later, number), item(message, 'delivered', later, number)]
          : [item(message, 'failed', at, number, 131000), item(message, 'failed', later, number, 130429)];
        await replay(bodies, [
          item(message, 'scheduled', at, number),
          item(message, 'sent', later, number),
          item(message, 'failed', at, number, 131026),
          item(message, 'deleted', later, number),
          item(message, 'sent', later),
          ...end,
        ]);
        const last = isRead
          ? {
              status: 'failed_after_delivered',
              reached: 'read',
              at: later,
              code: 131026,
              notes: '131026 title of 131026',
            }
          : { status: 'failed', reached: 'sent', at: later, code: 131000, notes: '131000 title of 131000' };
        expect(await logsOf(rig, number)).toEqual([
          { run: runId, message, ...last, failedAt: at, inferred: true, logId: null },
        ]);
      }),
      { numRuns: tries(60) },
    );
  });

  test('of two broadcasts within three days each has the message that is its own', async () => {
    const shared = own(100);
    const [first, second] = [await delivered(rig, shared, 30), await delivered(rig, shared, 24)];
    const [failedAt, readAt] = [ago(21), ago(19)];
    await fc.assert(
      fc.asyncProperty(replays(6), async (bodies) => {
        const { number, message } = fresh();
        await replay(bodies, [
          item(`${message}a`, 'sent', ago(29.9), number),
          item(`${message}a`, 'failed', ago(20), number, 131026),
          item(`${message}b`, 'sent', ago(23.9), number),
          item(`${message}b`, 'delivered', ago(22), number),
          item(`${message}b`, 'read', readAt, number),
          item(`${message}b`, 'failed', failedAt, number, 131053),
        ]);
        const logs = Object.fromEntries((await logsOf(rig, number)).map((log) => [log.run, log]));
        expect(Object.keys(logs)).toHaveLength(2);
        expect(logs[first]).toMatchObject({ message: `${message}a`, status: 'failed' });
        expect(logs[second]).toMatchObject({
          ...{ message: `${message}b`, status: 'failed_after_delivered', reached: 'read', at: readAt },
          ...{ failedAt, code: 131053, notes: '131053 title of 131053' },
        });
      }),
      { numRuns: tries(80) },
    );
  });

  test('the same holds of single messages, whose logs stand there with ids that stay theirs', async () => {
    const shared = own(60);
    const runs = [await individualRun(rig, shared, 30), await individualRun(rig, shared, 24)];
    for (const [at, runId] of runs.entries())
      for (const [index, number] of shared.entries())
        await answerMessage(rig, batchIdOf(runId, index + 1), number, 1_000_000 * (at + 1) + 10 * index);
    await fc.assert(
      fc.asyncProperty(replays(4), async (bodies) => {
        const { number, message } = fresh();
        await replay(bodies, [
          item(`${message}a`, 'delivered', ago(29.9), number),
          item(`${message}a`, 'read', ago(20), number),
          item(`${message}b`, 'sent', ago(23.9), number),
          item(`${message}b`, 'failed', ago(22), number, 131026),
        ]);
        const index = shared.indexOf(number);
        const logs = (await logsOf(rig, number)).sort((a, b) => Number(a.logId) - Number(b.logId));
        expect(logs).toMatchObject([
          { run: runs[0], message: `${message}a`, status: 'read', logId: String(1_000_000 + 10 * index) },
          { run: runs[1], message: `${message}b`, status: 'failed', logId: String(2_000_000 + 10 * index) },
        ]);
      }),
      { numRuns: tries(50) },
    );
  });
});
