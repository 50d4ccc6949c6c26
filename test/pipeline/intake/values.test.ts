import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { prepareNext } from '../../../src/pipeline/campaigns/prepare.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { messageTemplate, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const columns = ['phone_number', 'body_variable1'] as const;
const settings = { name: 'values', templateDetailId: 172, columns };

function row(index: number, value = `INV-${index}`) {
  return { phone_number: phoneNumber(index), body_variable1: value };
}

function* rows(good: number, bad: number) {
  for (let index = 0; index < good; index += 1) yield row(index);
  for (let index = 0; index < bad; index += 1) yield row(good + index, 'two\nlines');
}

/** The text of each file that the sandbox took. */
function files(): string[] {
  return rig.sandbox.accepted
    .files()
    .map(({ id }) => Buffer.from(rig.sandbox.accepted.fileText(id)?.bytes ?? []).toString());
}

describe('a value with a line break', () => {
  const injected = 'Halo\n6289900000002';

  test('rejects its row, and nobody else is messaged', async () => {
    await rig.work();
    const sent = await rig.siaran.broadcast({ ...settings, recipients: [row(1), row(2, injected)] });
    expect(sent).toMatchObject({ accepted: 1, rejected: 1 });
    await finished(rig.siaran, sent.runId);
    expect([...rig.sandbox.accepted.deliveries()]).toEqual([[phoneNumber(1), 1]]);
  });

  test.each([
    ['clean', 'Halo 6289900000002', `${phoneNumber(2)},Halo 6289900000002\r\n`],
    ['send', injected, `${phoneNumber(2)},"Halo\n6289900000002"\r\n`],
  ] as const)('goes out as %s says, to the row’s own number only', async (values, _, line) => {
    await rig.work();
    const { runId } = await rig.siaran.broadcast({ ...settings, values, recipients: [row(1), row(2, injected)] });
    await finished(rig.siaran, runId);
    expect(files()).toEqual([`phone_number,body_variable1\r\n${phoneNumber(1)},INV-1\r\n${line}`]);
    expect([...rig.sandbox.accepted.deliveries().keys()].sort()).toEqual([phoneNumber(1), phoneNumber(2)]);
  });

  test('that is handed in by a transaction is rejected when it is read', async () => {
    const { id } = await rig.siaran.startRun({ ...settings, key: 'handed in' });
    await rig.query(`SELECT siaran.enqueue('handed in', $1::jsonb)`, [
      JSON.stringify([row(1), row(2, injected), row(3, ' #N/A')]),
    ]);
    await chunkRun(rig.ctx, id);
    const { recipients, doubtful } = await rig.siaran.run(id);
    expect(recipients).toMatchObject({ enqueued: 2, rejected: 1 });
    expect(doubtful.map(({ kind }) => kind).sort()).toEqual(['outer_spaces', 'spreadsheet_error']);
  });
});

test('settings that make no sense are refused, each by its name', async () => {
  const wrong = { ...settings, values: 'tidy' as never, maxRejected: '1 percent' };
  await expect(rig.siaran.startRun(wrong)).rejects.toThrow(
    /values is "tidy"; it is reject, clean or send\.\n.*maxRejected is "1 percent"; write a number of rows, such as 100, or a share, such as 1%/,
  );
});

test('a message has its values looked at as a row has', async () => {
  const message = { ...messageTemplate, phoneNumber: phoneNumber(1), wait: '0s' };
  const refused = rig.siaran.sendMessage({ ...message, variables: ['a\tb'] });
  await expect(refused).rejects.toThrow(
    /^The message can't be sent: body_variable1 has a tab in it, which WhatsApp refuses/,
  );
  const { runId } = await rig.siaran.sendMessage({ ...message, variables: ['a\tb', '{{1}}'], values: 'clean' });
  expect(await rig.siaran.run(runId)).toMatchObject({
    values: 'clean',
    doubtful: [{ column: 'body_variable2', kind: 'placeholder', count: 1, example: '{{1}}' }],
  });
  const stored = await rig.query<{ lines: string }>('SELECT lines FROM batch_rows');
  expect(stored).toEqual([{ lines: JSON.stringify([phoneNumber(1), 'a b', '{{1}}']) }]);
});

describe('values that look like a mistake', () => {
  test('are counted over all calls; a source that is enqueued again takes the place of what it was', async () => {
    const { id } = await rig.siaran.startRun(settings);
    await rig.siaran.enqueue(id, [row(1, '#N/A'), row(2, '#REF!'), row(3, 'null')], { source: 'list' });
    await rig.siaran.enqueue(id, [row(1, '#N/A'), row(2, 'mended'), row(3, 'null')], { source: 'list' });
    await rig.siaran.enqueue(id, [row(4, 'null')]);
    await rig.siaran.enqueue(id, [row(5, 'null')]);
    expect((await rig.siaran.run(id)).doubtful).toEqual([
      { column: 'body_variable1', kind: 'no_value', count: 3, example: 'null' },
      { column: 'body_variable1', kind: 'spreadsheet_error', count: 1, example: '#N/A' },
    ]);
  });

  test('lose their examples when the run is purged', async () => {
    await rig.work();
    const { runId } = await rig.siaran.broadcast({ ...settings, recipients: [row(1, ' Ani')] });
    await finished(rig.siaran, runId);
    await rig.query(`UPDATE runs SET drained_at = now() - interval '2 days'`);
    await rig.query(
      `UPDATE batches SET closed_at = now() - interval '2 days', scheduled_at = now() - interval '2 days'`,
    );
    for await (const _ of purge(rig.ctx, 3_600_000));
    expect(await rig.siaran.run(runId)).toMatchObject({
      purgedAt: expect.any(String),
      doubtful: [{ count: 1, example: '' }],
    });
  });
});

describe('a run that bears few rejected rows', () => {
  test('sends nothing before all its rows are in, and all of it then', async () => {
    await rig.work();
    const { id } = await rig.siaran.startRun({ ...settings, maxRejected: '1%' });
    await rig.siaran.enqueue(id, rows(1_500, 0), { source: 'a' });
    await eventually(
      () => rig.siaran.batches(id),
      (batches) => batches.length === 2,
    );
    expect(rig.sandbox.accepted.summary().jobs).toBe(0);
    expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'preparing' } });
    await rig.siaran.enqueue(id, [row(2_000, '')], { source: 'b' });
    await rig.siaran.seal(id);
    expect(await finished(rig.siaran, id)).toMatchObject({ recipients: { scheduled: 1_500, rejected: 1 } });
  });

  test.each([
    ['1%', 99, 1, true],
    ['1%', 98, 2, false],
    [1, 98, 1, true],
    [1, 98, 2, false],
    [0, 1, 0, true],
    ['0%', 1, 1, false],
  ])('%s: of %d good and %d bad rows it sends: %s', async (maxRejected, good, bad, sends) => {
    await rig.work();
    const sent = rig.siaran.broadcast({ ...settings, key: 'k', maxRejected, recipients: rows(good, bad) });
    if (sends) await sent;
    else {
      await expect(sent).rejects.toMatchObject({ code: 'TOO_MANY_REJECTED', retryable: false });
      await expect(sent).rejects.toThrow(
        `nothing is sent: ${bad} of ${good + bad} rows were rejected, and at most ${maxRejected} may be`,
      );
    }
    const [run] = await rig.siaran.runs();
    const ended = await finished(rig.siaran, run?.id ?? '');
    if (sends) expect(ended.failure).toBeNull();
    else expect(ended).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('nothing is sent') });
    expect(rig.sandbox.accepted.summary().recipients).toBe(sends ? good : 0);
    if (!sends) await expect(rig.siaran.seal(ended.id)).rejects.toMatchObject({ code: 'TOO_MANY_REJECTED' });
  });

  test('counts the latest reading of a source: a list that was mended goes out', async () => {
    await rig.work();
    const { id } = await rig.siaran.startRun({ ...settings, maxRejected: 1 });
    await rig.siaran.enqueue(id, rows(1, 3), { source: 'list' });
    await rig.siaran.enqueue(id, rows(4, 1), { source: 'list' });
    await rig.siaran.seal(id);
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 4 } });
  });

  test('counts the same bad rows again when they are read again', async () => {
    const { id } = await rig.siaran.startRun({ ...settings, key: 'k', maxRejected: 1 });
    await rig.siaran.enqueue(id, rows(1, 2), { source: 'list' });
    await rig.siaran.enqueue(id, rows(1, 2), { source: 'list' });
    await expect(rig.siaran.seal(id)).rejects.toThrow(/2 of 3 rows were rejected/);
    const again = rig.siaran.enqueue(id, rows(1, 0), { source: 'list' });
    await expect(again).rejects.toThrow(/was given up \(nothing is sent: 2 of 3 rows/);
  });

  test('is not sealed while a producer is at work, whose rows may be rejected', async () => {
    await rig.work();
    const { id } = await rig.siaran.startRun({ ...settings, maxRejected: 0 });
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = async function* () {
      yield row(1, '');
      await waiting;
      yield row(2, '');
    };
    await rig.siaran.enqueue(id, rows(2, 0), { source: 'a' });
    const enqueueing = rig.siaran.enqueue(id, slow(), { source: 'b' });
    await waitForRun(rig, id, (run) => run.unclosedIntakes === 1);
    await expect(rig.siaran.seal(id)).rejects.toMatchObject({ code: 'RUN_PREPARING' });
    goOn();
    await enqueueing;
    await expect(rig.siaran.seal(id)).rejects.toMatchObject({ code: 'TOO_MANY_REJECTED' });
    expect(rig.sandbox.accepted.summary().jobs).toBe(0);
  });

  test('is not resumed but sealed', async () => {
    const { id } = await rig.siaran.startRun({ ...settings, maxRejected: 0 });
    await expect(rig.siaran.resume(id)).rejects.toMatchObject({ code: 'RUN_PREPARING' });
    await rig.siaran.pause(id);
    await rig.siaran.resume(id);
    expect(await rig.siaran.run(id)).toMatchObject({ status: 'open', held: { kind: 'preparing' } });
  });

  test('takes no rows from a transaction, which are read too late to be counted', async () => {
    await rig.siaran.startRun({ ...settings, key: 'k', maxRejected: 0 });
    await expect(rig.query(`SELECT siaran.enqueue('k', '[]')`)).rejects.toThrow(/takes no rows from a transaction/);
  });

  test('and sends a first small batch does so once its rows are in', async () => {
    await rig.work();
    const { runId } = await rig.siaran.broadcast({ ...settings, maxRejected: 0, first: 2, recipients: rows(5, 0) });
    await waitForRun(rig, runId, (run) => run.recipients.scheduled === 2 && run.status === 'paused');
    await rig.siaran.resume(runId);
    await finished(rig.siaran, runId);
    expect(rig.sandbox.accepted.summary()).toMatchObject({ recipients: 5, mostPerNumber: 1 });
  });

  test('a campaign’s is given up when its audience has more, and says why', async () => {
    rig.ctx.audienceFunctions.set('list', () => rows(9, 2));
    await rig.siaran.addCampaign({
      ...{ ...settings, name: 'weekly', audience: 'function:list', schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' },
      maxRejected: '10%',
    });
    const { runId } = await rig.siaran.fireCampaign('weekly');
    await fireDue(rig.ctx);
    let isOver = false;
    // One after the other, and to their end: what is still under way when the rig closes would open connections anew.
    const working = (async () => {
      while (!isOver) {
        await reconcile(rig.ctx).catch(() => {});
        await chunkRun(rig.ctx, runId).catch(() => {});
        await sleep(20);
      }
    })();
    expect(await prepareNext(rig.ctx, new AbortController().signal)).toBe(true);
    isOver = true;
    await working;
    const failure = 'nothing is sent: 2 of 11 rows were rejected, and at most 10% may be';
    expect(await rig.siaran.run(runId)).toMatchObject({ failure, maxRejected: '10%', recipients: { rejected: 2 } });
    expect(await rig.siaran.campaign('weekly')).toMatchObject({
      ...{ firings: [{ status: 'failed', reason: failure }], maxRejected: '10%' },
    });
  });
});
