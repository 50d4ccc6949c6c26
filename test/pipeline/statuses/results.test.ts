import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shownStatus } from '../../../src/domain/statuses/message-state.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { countsOfRuns, failuresOfRuns } from '../../../src/store/views/results.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { answerMessage, delivered, type Item, individualRun, item, tell } from '../../support/statuses.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

let next = 0;
function own(length: number): string[] {
  next += length;
  return Array.from({ length }, (_, index) => phoneNumber(next - length + index));
}

const ago = (hours: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - Math.round(hours * 3_600_000));

type Row = {
  batch: string;
  number: string | null;
  send: number;
  id: string;
  status: string;
  hasFailed: boolean;
  code: number | null;
  inferred: boolean;
  individual: boolean;
};

/** Counts a run's logs one by one, a person of a batch once: by the log of its latest send. */
async function counted(runId: string) {
  const rows = await rig.query<Row>(
    `SELECT l.batch_id AS batch, l.phone_number AS number, l.send, l.id, l.status, l.has_failed AS "hasFailed", l.failed_code AS code, l.inferred, b.individual
     FROM broadcast_logs l JOIN batches b ON b.id = l.batch_id WHERE b.run_id = $1 ORDER BY l.send, l.id`,
    [runId],
  );
  const latest = new Map<string, Row>();
  for (const row of rows) latest.set(`${row.batch} ${row.individual ? '' : (row.number ?? row.id)}`, row);
  const all = [...latest.values()].map((row) => ({ ...row, shown: shownStatus(row) }));
  const count = (is: (row: (typeof all)[number]) => boolean) => all.filter(is).length;
  const came = (...statuses: string[]) => count(({ shown, status }) => shown !== 'failed' && statuses.includes(status));
  const codes = new Map<number | null, { failed: number; failedAfterDelivered: number }>();
  for (const { code, hasFailed, shown } of all) {
    const before = codes.get(code) ?? { failed: 0, failedAfterDelivered: 0 };
    if (shown === 'failed') codes.set(code, { ...before, failed: before.failed + 1 });
    else if (hasFailed) codes.set(code, { ...before, failedAfterDelivered: before.failedAfterDelivered + 1 });
  }
  return {
    sent: came('sent', 'delivered', 'read'),
    delivered: came('delivered', 'read'),
    read: came('read'),
    failed: count(({ shown }) => shown === 'failed'),
    failedAfterDelivered: count(({ shown }) => shown === 'failed_after_delivered'),
    inferred: count(({ inferred, shown }) => inferred && shown !== 'scheduled'),
    codes,
  };
}

async function expectExact(runId: string): Promise<void> {
  const { codes, ...expected } = await counted(runId);
  const counts = (await countsOfRuns(rig.ctx.db, [runId])).get(runId);
  expect(counts).toMatchObject(expected);
  const { handedOver = 0, sent = 0, failed = 0, unanswered = 0 } = counts ?? {};
  expect([handedOver, unanswered >= 0]).toEqual([sent + failed + unanswered, true]);
  const failures = (await failuresOfRuns(rig.ctx.db, [runId])).get(runId) ?? [];
  expect(new Map(failures.map(({ code, ...count }) => [code, count]))).toEqual(codes);
}

/** A file of these numbers that was sent, called not sent by an operator, and sent again. */
async function sentTwice(numbers: readonly string[]): Promise<string> {
  const runId = await delivered(rig, numbers, 20);
  await rig.query(
    `UPDATE attempts SET outcome = 'unknown', declared_unsent = true, intended_at = now() - interval '22 hours' WHERE batch_id = $1`,
    [`${runId}-0001`],
  );
  await rig.query('UPDATE batches SET attempts = 2 WHERE run_id = $1', [runId]);
  await rig.query(
    `INSERT INTO attempts (batch_id, number, worker, broadcast_name, outcome) VALUES ($1, 2, 'test', '', 'scheduled')`,
    [`${runId}-0001`],
  );
  return runId;
}

const people = 14;
/** Something that happens to one of them: a status of one of its messages, or the answer to its single message. */
const happenings = fc.array(
  fc.record({
    person: fc.nat(people - 1),
    what: fc.constantFrom('sent', 'sent', 'delivered', 'read', 'failed', 'answer', 'failed answer'),
    message: fc.constantFrom('a', 'b', 'c'),
    hours: fc.constantFrom(30.9, 29, 23, 21.9, 19, 9, 3),
    code: fc.constantFrom(131026, 131049, undefined),
    named: fc.boolean(),
  }),
  { minLength: 5, maxLength: 60 },
);

test('whatever callbacks and answers come, in any order, doubled, moved and at once, the results are those of the logs', async () => {
  let logId = 1_000;
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const numbers = own(people);
      const individual = await individualRun(rig, numbers, 10);
      const runs = [
        await delivered(rig, numbers, 31),
        await delivered(rig, numbers, 24),
        await sentTwice(numbers),
        individual,
      ];
      const step = async ({ person, what, message, hours, code, named }: (typeof all)[number]) => {
        const number = numbers[person] ?? '';
        if (what.endsWith('answer')) {
          logId += 10;
          const status = what === 'answer' ? 'scheduled' : 'failed';
          const batchId = `${individual}-${String(person + 1).padStart(4, '0')}`;
          await answerMessage(rig, batchId, number, logId, status, status === 'failed' ? '131026 at once' : null);
        } else {
          const told = item(
            `${message}.${number}`,
            what,
            ago(hours),
            named ? number : undefined,
            what === 'failed' ? code : undefined,
          );
          await tell(rig, told, told);
        }
      };
      const half = Math.floor(all.length / 2);
      for (const each of all.slice(0, half)) await step(each);
      for (const runId of runs) await expectExact(runId);
      await Promise.all(all.slice(half).map(step));
      for (const runId of runs) await expectExact(runId);
    }),
    { numRuns: 25 },
  );
});

test('a purge changes no results, and what is told after it is counted as well', async () => {
  const numbers = own(6);
  const runId = await delivered(rig, numbers, 2);
  const items = numbers.map((number, at): Item => {
    const status = ['sent', 'delivered', 'read', 'failed', 'failed', 'sent'][at] ?? '';
    return item(`kept.${number}`, status, ago(1), number, status === 'failed' ? 131026 : undefined);
  });
  await tell(rig, ...items);
  const before = (await countsOfRuns(rig.ctx.db, [runId])).get(runId);
  expect(before).toEqual({
    ...{
      handedOver: 6,
      sent: 4,
      delivered: 2,
      read: 1,
      failed: 2,
      failedAfterDelivered: 0,
      unanswered: 0,
      inferred: 6,
    },
  });
  await eventually(
    () => rig.query('SELECT 1 FROM run_ends WHERE run_id = $1', [runId]),
    (rows) => rows.length === 1,
  );
  for await (const _ of purge(rig.ctx, 0));
  expect((await countsOfRuns(rig.ctx.db, [runId])).get(runId)).toEqual(before);
  await tell(rig, item(`kept.${numbers[5]}`, 'read', ago(0.5)), item(`kept.${numbers[4]}`, 'delivered', ago(0.5)));
  expect((await countsOfRuns(rig.ctx.db, [runId])).get(runId)).toEqual({
    ...{
      handedOver: 6,
      sent: 5,
      delivered: 4,
      read: 2,
      failed: 1,
      failedAfterDelivered: 1,
      unanswered: 0,
      inferred: 6,
    },
  });
});
