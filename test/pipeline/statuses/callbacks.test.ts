import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { matchMessages } from '../../../src/pipeline/statuses/match-messages.js';
import { beginMatching } from '../../../src/store/broadcast-logs.js';
import { raiseStatuses } from '../../../src/store/raise-statuses.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
import { batchIdOf } from '../../support/runs.js';
import {
  ago,
  answerMessage,
  delivered,
  fresh,
  individualRun,
  item,
  logsOf,
  own,
  readItems,
  tell,
  tellAs,
} from '../../support/statuses.js';

let rig: Rig;
const hour = 3_600_000;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

describe('a message that is not known yet', () => {
  test('belongs to the latest broadcast that its number was in and that had begun', async () => {
    const shared = own(10);
    const [, middle, future] = [
      await delivered(rig, shared, 50),
      await delivered(rig, shared, 40),
      await delivered(rig, shared, -2),
    ];
    const { number, message } = fresh();
    expect(await tell(rig, item(message, 'sent', ago(39), number))).toEqual({ updated: 1, ignored: 0, unknown: 0 });
    expect(await logsOf(rig, number)).toMatchObject([{ run: middle, message, status: 'sent', inferred: true }]);
    const [log] = await rig.query<{ job: string; account: string }>(
      `SELECT broadcast_job_id AS job, l.account FROM broadcast_logs l WHERE message_id = $1`,
      [message],
    );
    const batches = await rig.siaran.batches(middle);
    expect(log).toEqual({ job: String(batches[0]?.broadcastJobId), account: 'default' });
    expect(await rig.query('SELECT 1 FROM broadcast_logs WHERE batch_id LIKE $1', [`${future}%`])).toEqual([]);
  });

  test('without a time is looked for as of now, and once it is known its number is not needed', async () => {
    const runId = await delivered(rig, own(10), 1);
    const { number, message } = fresh();
    expect(await tell(rig, item(message, 'sent'))).toEqual({ updated: 0, ignored: 0, unknown: 1 });
    expect(await tell(rig, item(message, 'sent', undefined, number))).toMatchObject({ updated: 1 });
    expect(await tell(rig, item(message, 'read'))).toMatchObject({ updated: 1 });
    expect(await tell(rig, item(message, 'read'))).toMatchObject({ updated: 0, ignored: 1 });
    expect(await logsOf(rig, number)).toMatchObject([{ run: runId, message, status: 'read', at: null }]);
  });

  test('belongs to nobody after 72 hours, before the broadcast began, or if its number was in none', async () => {
    await delivered(rig, own(10), 80);
    const { number, message } = fresh();
    const at = (sinceMs: number) => new Date(Date.now() - 80 * hour + sinceMs);
    const nobodys = [
      item(message, 'read', undefined, number),
      item(message, 'read', at(72 * hour + 60_000), number),
      item(message, 'read', at(-6 * 60_000), number),
      item(message, 'read', at(hour), '6281399999999'),
    ];
    for (const each of nobodys) expect(await tell(rig, each)).toEqual({ updated: 0, ignored: 0, unknown: 1 });
    expect(await logsOf(rig, number)).toEqual([]);
    expect(await tell(rig, item(message, 'sent', at(-4 * 60_000), number))).toMatchObject({ updated: 1 });
    expect(await tell(rig, item(message, 'read', at(75 * hour), number))).toMatchObject({ updated: 1 });
  });

  test('beyond what the broadcasts account for takes no place from another one', async () => {
    await delivered(rig, own(10), 5);
    const { number, message } = fresh();
    await tell(rig, item(message, 'sent', ago(4), number));
    expect(await tell(rig, item(`${message}x`, 'sent', ago(4.5), number))).toMatchObject({ unknown: 1 });
    expect(await tell(rig, item(`${message}y`, 'sent', ago(3), number))).toMatchObject({ unknown: 1 });
    expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'sent' }]);
  });

  test('of a batch that was refused, or is yet to go out, is no one of ours', async () => {
    // Another batch of the same run went out.
    const runId = await delivered(rig, own(1_001), 5);
    const { number, message } = fresh();
    for (const status of ['failed', 'pending', 'cancelled']) {
      await rig.query('UPDATE batches SET status = $2 WHERE run_id = $1 AND number = 1', [runId, status]);
      expect(await tell(rig, item(message, 'sent', ago(4), number))).toMatchObject({ unknown: 1 });
    }
    await rig.query("UPDATE batches SET status = 'unknown' WHERE run_id = $1 AND number = 1", [runId]);
    expect(await tell(rig, item(message, 'sent', ago(4), number))).toMatchObject({ updated: 1 });
  });
});

describe('a single message', () => {
  test('has its message id learnt on the log that its answer brought', async () => {
    const shared = own(3);
    const runId = await individualRun(rig, shared, 1);
    const { number, message } = fresh();
    await answerMessage(rig, batchIdOf(runId, shared.indexOf(number) + 1), number, 777);
    await tell(rig, item(message, 'delivered', ago(0.9), number));
    expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'delivered', inferred: true, logId: '777' }]);
  });

  test('that is told of before its answer has one log in the end, with all that is known', async () => {
    const shared = own(3);
    const runId = await individualRun(rig, shared, 1);
    const { number, message } = fresh();
    await tell(rig, item(message, 'failed', ago(0.9), number, 131026));
    expect(await logsOf(rig, number)).toMatchObject([{ message, logId: null }]);
    await answerMessage(rig, batchIdOf(runId, shared.indexOf(number) + 1), number, 888);
    expect(await logsOf(rig, number)).toMatchObject([
      { message, status: 'failed', notes: '131026 title of 131026', inferred: true, logId: '888' },
    ]);
  });

  test('whose answer is recorded while it is told of has one log too', async () => {
    const [number = ''] = own(1);
    const runId = await individualRun(rig, [number], 1);
    const answered = await rig.ctx.db.$transaction(async (tx) => {
      const told = readItems([item('meanwhile', 'sent', ago(0.9), number)]);
      await beginMatching(tx, [number, 'meanwhile']);
      await matchMessages(tx, 'default', told);
      await raiseStatuses(tx, told);
      const answering = answerMessage(rig, batchIdOf(runId, 1), number, 50_000);
      await eventually(
        () => rig.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
        (waiting) => waiting.length === 1,
        5_000,
      );
      return [answering];
    });
    await Promise.all(answered);
    expect(await logsOf(rig, number)).toMatchObject([{ message: 'meanwhile', status: 'sent', logId: '50000' }]);
  });

  test('whose callbacks and answer come all at once has one log too', async () => {
    const shared = own(40);
    const runId = await individualRun(rig, shared, 1);
    await Promise.all(
      shared.flatMap((number, index) => [
        answerMessage(rig, batchIdOf(runId, index + 1), number, 60_000 + 10 * index),
        tell(rig, item(`early.${number}`, 'sent', ago(0.9), number)),
        tell(rig, item(`early.${number}`, 'delivered', ago(0.8), number)),
      ]),
    );
    for (const [index, number] of shared.entries())
      expect(await logsOf(rig, number)).toMatchObject([
        { message: `early.${number}`, status: 'delivered', logId: String(60_000 + 10 * index) },
      ]);
  });

  test('that was sent again after it had failed has its latest log learnt', async () => {
    const shared = own(1);
    const runId = await individualRun(rig, shared, 1);
    const { number, message } = fresh();
    await answerMessage(rig, batchIdOf(runId, 1), number, 901, 'failed');
    await answerMessage(rig, batchIdOf(runId, 1), number, 911);
    await tell(rig, item(message, 'sent', ago(0.5), number));
    expect(await logsOf(rig, number)).toMatchObject([
      { logId: '901', message: null, status: 'failed' },
      { logId: '911', message, status: 'sent' },
    ]);
  });
});

test('twenty at once about the same messages neither fail nor make two of one', async () => {
  const shared = own(50);
  const runId = await delivered(rig, shared, 1);
  const body = (status: string, isBackwards: boolean) => {
    const items = shared.map((number) => item(`m.${number}`, status, ago(0.5), number));
    return isBackwards ? items.reverse() : items;
  };
  const all = Array.from({ length: 20 }, (_, at) => body(['sent', 'delivered', 'read'][at % 3] ?? '', at % 2 === 0));
  const counts = await Promise.all(all.map((items) => tell(rig, ...items)));
  expect(counts.every(({ unknown }) => unknown === 0)).toBe(true);
  const rows = await rig.query<{ message: string; status: string }>(
    'SELECT message_id AS message, status FROM broadcast_logs WHERE batch_id LIKE $1 ORDER BY 1',
    [`${runId}%`],
  );
  expect(rows).toEqual(shared.map((number) => ({ message: `m.${number}`, status: 'read' })));
});

test('several thousand statuses in one callback are all taken', async () => {
  const shared = own(1_200);
  await delivered(rig, shared, 1);
  const items = shared.flatMap((number) => [
    item(`big.${number}`, 'sent', ago(0.5), number),
    item(`big.${number}`, 'read', ago(0.4), number),
  ]);
  // Half of the second slice's messages are known from the first.
  expect(await tell(rig, ...items)).toMatchObject({ unknown: 0, updated: 1_200 });
  expect(
    await rig.query("SELECT count(*)::int FROM broadcast_logs WHERE message_id LIKE 'big.%' AND status = 'read'"),
  ).toEqual([{ count: 1_200 }]);
});

test('whoever opted out is put on the suppression list, once it is known to be about a message of ours', async () => {
  await delivered(rig, own(2), 1);
  const [known, stranger] = [fresh(), { number: '6281399999998', message: 'strange' }];
  const listed = () =>
    rig.query<{ number: string }>(
      'SELECT phone_number AS number, source FROM suppressions WHERE phone_number = ANY($1::bigint[])',
      [[known.number, stranger.number]],
    );
  for (const { number, message } of [known, stranger])
    await tell(rig, item(message, 'failed', ago(0.5), number, 131026));
  expect(await listed()).toEqual([]);
  for (const { number, message } of [known, stranger])
    for (let times = 0; times < 2; times += 1) await tell(rig, item(message, 'failed', ago(0.5), number, 131050));
  expect(await listed()).toEqual([{ number: known.number, source: 'opt_out' }]);
});

test('two accounts that wrote to one number within seconds keep each their own result', async () => {
  const [number = ''] = own(1);
  const [first, second] = [await delivered(rig, [number], 1), await delivered(rig, [number], 1)];
  await rig.query("INSERT INTO accounts (name, portfolio) VALUES ('acme', 'acme') ON CONFLICT DO NOTHING");
  await rig.query("UPDATE batches SET account = 'acme' WHERE run_id = $1", [second]);
  // By the times alone the first message would be the second broadcast's, which had begun by then.
  await tellAs(rig, 'default', item('of default', 'read', ago(0.95), number));
  await tellAs(rig, 'acme', item('of acme', 'failed', ago(0.9), number, 131026));
  const results = (await logsOf(rig, number)).map(({ run, message, status }) => ({ run, message, status }));
  const expected = [
    { run: first, message: 'of default', status: 'read' },
    { run: second, message: 'of acme', status: 'failed' },
  ];
  expect(results).toEqual(expected.sort((a, b) => (a.run < b.run ? -1 : 1)));
  // Who knows one account's secret writes nothing about another one's messages.
  expect(await tellAs(rig, 'default', item('of acme', 'read', ago(0.1), number))).toMatchObject({
    updated: 0,
    unknown: 1,
  });
});
