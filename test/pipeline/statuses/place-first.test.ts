import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { receiveStatuses } from '../../../src/pipeline/statuses/receive-callback.js';
import { placeNewMessages, type SentMessage } from '../../../src/store/broadcast-logs.js';
import type { Database } from '../../../src/store/postgres/database.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
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
  readItems,
} from '../../support/statuses.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

const none = { updated: 0, ignored: 0, unknown: 0 };

/** What these are answered, and how many statements and transactions of several that took. */
async function receive(items: readonly Item[], account = 'default') {
  const { db } = rig.ctx;
  const asked = { statements: 0, transactions: 0 };
  const counting: Database = {
    ...db,
    $queryRaw: (query, ...values) => {
      asked.statements += 1;
      return db.$queryRaw(query, ...values);
    },
    $transaction: (work) => {
      asked.transactions += 1;
      return db.$transaction(work);
    },
  };
  const callbacks = items.map((each) => ({ statuses: readItems([each]), pairs: [], wishes: [] }));
  const answers = await receiveStatuses({ ...rig.ctx, db: counting }, account, callbacks);
  return { ...asked, answers };
}

describe('that messages were sent', () => {
  test('is one statement for all whose number was in one broadcast, and so is each later status', async () => {
    const runId = await delivered(rig, own(20), 1);
    const messages = Array.from({ length: 20 }, () => fresh());
    const tell = (status: string, at: Date) =>
      receive(messages.map(({ message, number }) => item(message, status, at, number)));
    const answers = Array(20).fill({ ...none, updated: 1 });
    const [sentAt, readAt] = [ago(0.9), ago(0.8)];
    expect(await tell('sent', sentAt)).toEqual({ statements: 1, transactions: 0, answers });
    expect(await tell('read', readAt)).toEqual({ statements: 1, transactions: 0, answers });
    const batches = await rig.siaran.batches(runId);
    const { number = '', message = '' } = messages[7] ?? {};
    expect(await logsOf(rig, number)).toEqual([
      {
        ...{
          run: runId,
          message,
          status: 'read',
          reached: 'read',
          at: readAt,
          failedAt: null,
          code: null,
          notes: null,
        },
        ...{ inferred: true, logId: null },
      },
    ]);
    expect(
      await rig.query('SELECT DISTINCT broadcast_job_id AS job, account, send, first_at AS first FROM broadcast_logs'),
    ).toEqual([{ job: String(batches[0]?.broadcastJobId), account: 'default', send: 1, first: sentAt }]);
    const [sums] = await rig.query('SELECT sum(sent)::int AS sent, sum(read)::int AS read FROM run_results');
    expect(sums).toEqual({ sent: 20, read: 20 });
  });

  test('is one statement too if an earlier broadcast has its message', async () => {
    const shared = own(2);
    const before = await delivered(rig, shared, 30);
    const { number, message } = fresh();
    await receive([item(`${message}a`, 'sent', ago(29.9), number)]);
    const after = await delivered(rig, shared, 24);
    expect(await receive([item(`${message}b`, 'sent', ago(23.9), number)])).toMatchObject({
      statements: 1,
      transactions: 0,
    });
    expect(await logsOf(rig, number)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ run: before, message: `${message}a` }),
        expect.objectContaining({ run: after, message: `${message}b` }),
      ]),
    );
  });

  test('twice, or together with what came after it, counts once', async () => {
    await delivered(rig, own(3), 1);
    const { number, message } = fresh();
    const sent = item(message, 'sent', ago(0.9), number);
    expect(await receive([sent, sent, item(message, 'read', ago(0.8))])).toEqual({
      ...{ statements: 2, transactions: 0 },
      answers: [
        { ...none, updated: 1 },
        { ...none, ignored: 1 },
        { ...none, ignored: 1 },
      ],
    });
    expect(await receive([sent])).toEqual({ statements: 2, transactions: 0, answers: [{ ...none, ignored: 1 }] });
    expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'read' }]);
  });
});

describe('there is more to weigh up', () => {
  /** Takes a transaction, and nothing is placed before. */
  const weighed = (answer: object) => ({ statements: 2, transactions: 1, answers: [{ ...none, ...answer }] });

  test('if the number was in several broadcasts, or in none', async () => {
    const shared = own(2);
    await delivered(rig, shared, 30);
    const latest = await delivered(rig, shared, 24);
    const { number, message } = fresh();
    expect(await receive([item(message, 'sent', ago(23.9), number)])).toEqual(weighed({ updated: 1 }));
    expect(await logsOf(rig, number)).toMatchObject([{ run: latest, message }]);
    expect(await receive([item('strange', 'sent', ago(1), '6281399999999')])).toEqual(weighed({ unknown: 1 }));
  });

  test('if a message of the number was on its way since the broadcast began', async () => {
    const shared = own(2);
    const first = await delivered(rig, shared, 30);
    const { number, message } = fresh();
    await receive([item(`${message}b`, 'sent', ago(23.9), number)]);
    const second = await delivered(rig, shared, 24);
    expect(await receive([item(`${message}a`, 'sent', ago(23.95), number)])).toEqual(weighed({ updated: 1 }));
    expect((await logsOf(rig, number)).map(({ run }) => run).sort()).toEqual([first, second].sort());
  });

  test('if two messages tell of the same number', async () => {
    const runId = await delivered(rig, own(1), 1);
    const { number, message } = fresh();
    const answered = await receive([
      item(`${message}late`, 'sent', ago(0.1), number),
      item(message, 'sent', ago(0.9), number),
    ]);
    expect(answered.answers).toEqual([
      { ...none, unknown: 1 },
      { ...none, updated: 1 },
    ]);
    expect(await logsOf(rig, number)).toMatchObject([{ run: runId, message }]);
  });

  test('if the broadcast is another account’s, or the message is', async () => {
    await delivered(rig, own(2), 1);
    const { number, message } = fresh();
    const sent = item(message, 'sent', ago(0.9), number);
    expect(await receive([sent], 'acme')).toEqual(weighed({ unknown: 1 }));
    await receive([sent]);
    expect(await receive([sent], 'acme')).toEqual(weighed({ unknown: 1 }));
    expect(await logsOf(rig, number)).toHaveLength(1);
  });

  test('if the broadcast began minutes later, or more than 72 hours before', async () => {
    await delivered(rig, own(1), 1);
    const { number, message } = fresh();
    expect(await receive([item(message, 'sent', ago(1.1), number)])).toEqual(weighed({ unknown: 1 }));
    await delivered(rig, own(1), 80);
    const { number: other } = fresh();
    expect(await receive([item(message, 'sent', ago(1), other)])).toEqual(weighed({ unknown: 1 }));
  });

  test('if the answer to the message has brought its log', async () => {
    const [number = ''] = own(1);
    const runId = await individualRun(rig, [number], 1);
    await answerMessage(rig, batchIdOf(runId, 1), number, 70_000);
    expect(await receive([item('answered', 'sent', ago(0.9), number)])).toEqual(weighed({ updated: 1 }));
    expect(await logsOf(rig, number)).toMatchObject([{ message: 'answered', logId: '70000' }]);
  });

  test('if the run is purged while the message is looked for', async () => {
    const runId = await delivered(rig, own(1), 1);
    const { number, message } = fresh();
    const receiving = await rig.ctx.db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT FROM runs WHERE id = ${runId} FOR UPDATE`;
      await tx.$executeRaw`UPDATE runs SET purged_at = clock_timestamp() WHERE id = ${runId}`;
      const received = receive([item(message, 'sent', ago(0.9), number)]);
      await eventually(
        () => rig.query('SELECT 1 FROM pg_locks WHERE NOT granted'),
        (waiting) => waiting.length > 0,
      );
      return { received };
    });
    expect(await receiving.received).toEqual(weighed({ unknown: 1 }));
    expect(await logsOf(rig, number)).toEqual([]);
  });
});

test('who is placed waits for whoever looks for the same number', async () => {
  await delivered(rig, own(1), 1);
  const { number, message } = fresh();
  const sent: SentMessage = { messageId: message, phoneNumber: number, at: ago(0.9) };
  const times = { longestMs: 72 * 3_600_000, differingMs: 300_000 };
  const placing = await rig.ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT lock_messages(ARRAY[${number}])`;
    const placed = placeNewMessages(rig.ctx.db, 'default', [sent], times);
    await eventually(
      () => rig.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
      (waiting) => waiting.length === 1,
    );
    return { placed };
  });
  expect(await placing.placed).toEqual([{ messageId: message, phoneNumber: number, changed: true }]);
  expect(await placeNewMessages(rig.ctx.db, 'default', [sent], times)).toEqual([]);
});
