import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shownStatus } from '../../../src/domain/statuses/message-state.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { answerMessage, delivered, type Item, individualRun, item, logsOf, tell } from '../../support/statuses.js';
import { tries } from '../../tries.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

let next = 0;
/** Numbers that no other test has. */
function own(length: number): string[] {
  next += length;
  return Array.from({ length }, (_, index) => phoneNumber(next - length + index));
}

const ranks = ['scheduled', 'sent', 'delivered', 'read'];
const start = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const atMinute = (minute: number) => new Date(start + minute * 60_000);

type Event = { status: string; minute: number; code: number };
const events = fc.array(
  fc.record({
    status: fc.constantFrom(...ranks, 'failed', 'failed'),
    minute: fc.integer({ min: 0, max: 3 }),
    code: fc.constantFrom(131026, 131049, 131053),
  }),
  { minLength: 1, maxLength: 6 },
);

/** How a message stands of which these were told, in whatever order. */
function standing(told: readonly Event[]) {
  const reached = told.filter(({ status }) => status !== 'failed').sort(byRank)[0];
  const failure = told
    .filter(({ status }) => status === 'failed')
    .sort((a, b) => a.minute - b.minute || a.code - b.code)[0];
  const status = reached?.status ?? 'scheduled';
  return {
    ...{ status: shownStatus({ status, hasFailed: failure !== undefined }), reached: status },
    at: reached ? atMinute(reached.minute) : null,
    failedAt: failure ? atMinute(failure.minute) : null,
    code: failure?.code ?? null,
    notes: failure ? `${failure.code} title of ${failure.code}` : null,
  };
}

function byRank(a: Event, b: Event): number {
  return ranks.indexOf(b.status) - ranks.indexOf(a.status) || a.minute - b.minute;
}

test('whatever is told, in any order and doubled, ends as the furthest status with the earliest failure beside it', async () => {
  const numbers = own(150);
  await delivered(rig, numbers, 2);
  await fc.assert(
    fc.asyncProperty(events, fc.nat(), async (told, shuffle) => {
      const number = numbers.pop() ?? '';
      const items = told.map(({ status, minute, code }): Item => {
        return item(`any.${number}`, status, atMinute(minute), number, status === 'failed' ? code : undefined);
      });
      const order = items.map((_, at) => items[(at + shuffle) % items.length] as Item);
      for (const each of order) await tell(rig, each);
      await tell(rig, ...items, ...order.reverse());
      expect(await logsOf(rig, number)).toMatchObject([standing(told)]);
      expect(await tell(rig, ...items)).toMatchObject({ updated: 0 });
    }),
    { numRuns: tries(120) },
  );
});

test('two receivers that are told of one message at the same time lose neither the failure nor the delivery', async () => {
  const numbers = own(30);
  await delivered(rig, numbers, 2);
  for (const number of numbers) await tell(rig, item(`race.${number}`, 'sent', atMinute(0), number));
  await Promise.all(
    numbers.flatMap((number) => [
      // By their ids alone, so that one doesn't wait for the other's number.
      tell(rig, item(`race.${number}`, 'failed', atMinute(2), undefined, 131053)),
      tell(rig, item(`race.${number}`, 'read', atMinute(1))),
    ]),
  );
  for (const number of numbers)
    expect(await logsOf(rig, number)).toMatchObject([
      { status: 'failed_after_delivered', reached: 'read', code: 131053 },
    ]);
});

test('a message that its answer says has failed keeps that beside what callbacks tell, whichever came first', async () => {
  const numbers = own(4);
  const runId = await individualRun(rig, numbers, 1);
  const batchOf = (index: number) => `${runId}-000${index + 1}`;
  const answer = (index: number, notes: string) =>
    answerMessage(rig, batchOf(index), numbers[index] ?? '', 5_000 + 10 * index, 'failed', notes);
  const [first = '', second = '', third = '', fourth = ''] = numbers;

  await answer(0, '131026 no WhatsApp');
  expect(await logsOf(rig, first)).toMatchObject([
    { status: 'failed', reached: 'scheduled', failedAt: null, code: 131026, notes: '131026 no WhatsApp' },
  ]);
  await tell(rig, item('answer.1', 'delivered', atMinute(1), first));
  expect(await logsOf(rig, first)).toMatchObject([{ status: 'failed_after_delivered', code: 131026 }]);

  await tell(rig, item('answer.2', 'delivered', atMinute(1), second));
  await answer(1, 'undeliverable (131026)');
  expect(await logsOf(rig, second)).toMatchObject([
    { status: 'failed_after_delivered', reached: 'delivered', at: atMinute(1), code: 131026, logId: '5010' },
  ]);

  // A failure with a time goes before one without.
  await answer(2, '131026');
  await tell(rig, item('answer.3', 'failed', atMinute(1), third, 131049));
  await tell(rig, item('answer.4', 'failed', atMinute(1), fourth, 131049));
  await answer(3, '131026');
  for (const number of [third, fourth])
    expect(await logsOf(rig, number)).toMatchObject([{ status: 'failed', failedAt: atMinute(1), code: 131049 }]);
});

test('a log whose message turns out to be another one stands again as its answer said, failed or not', async () => {
  const [number = ''] = own(1);
  const runs = [await individualRun(rig, [number], 30), await individualRun(rig, [number], 24)];
  await answerMessage(rig, `${runs[0]}-0001`, number, 7_000);
  await answerMessage(rig, `${runs[1]}-0001`, number, 7_010, 'failed', '131026 as answered');
  const ago = (hours: number) => new Date(start + 3_600_000 - hours * 3_600_000);
  await tell(rig, item('moved.b', 'delivered', ago(23), number), item('moved.b', 'failed', ago(22.9), number, 131053));
  // It was on its way before the other one, which is the earlier run's then.
  await tell(rig, item('moved.b', 'sent', ago(29), number));
  const byLog = (await logsOf(rig, number)).sort((a, b) => Number(a.logId) - Number(b.logId));
  expect(byLog).toMatchObject([
    {
      message: 'moved.b',
      status: 'failed_after_delivered',
      reached: 'delivered',
      at: ago(23),
      failedAt: ago(22.9),
      code: 131053,
    },
    {
      message: null,
      status: 'failed',
      reached: 'scheduled',
      at: null,
      failedAt: null,
      code: 131026,
      notes: '131026 as answered',
    },
  ]);
});

test('a purge takes the words of a failure and leaves its code, and what is told afterwards brings no words back', async () => {
  const [number = ''] = own(1);
  const runId = await delivered(rig, [number], 2);
  await tell(rig, item('purged', 'failed', atMinute(1), number, 131026));
  // Its end is noted by the chunker's next turn.
  await eventually(
    () => rig.query('SELECT 1 FROM run_ends WHERE run_id = $1', [runId]),
    (rows) => rows.length === 1,
  );
  const removed: string[] = [];
  for await (const slice of purge(rig.ctx, 0)) removed.push(slice.runId);
  expect(removed).toContain(runId);
  const log = () =>
    rig.query(
      'SELECT shown_status(l) AS status, phone_number AS number, failed_code AS code, notes FROM broadcast_logs l WHERE message_id = $1',
      ['purged'],
    );
  const left = { status: 'failed', number: null, code: 131026, notes: null };
  expect(await log()).toEqual([left]);
  expect(await tell(rig, item('purged', 'failed', atMinute(1), undefined, 131026))).toMatchObject({ updated: 0 });
  expect(await tell(rig, item('purged', 'read', atMinute(3)))).toMatchObject({ updated: 1 });
  expect(await log()).toEqual([{ ...left, status: 'failed_after_delivered' }]);
});
