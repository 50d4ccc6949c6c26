import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Wish } from '../../../src/domain/statuses/opt-outs.js';
import { decideHeldOptOuts, listHeldOptOuts, undoOptOutsOf } from '../../../src/pipeline/operating/opt-outs.js';
import { importSuppressions, startImporting, undoImport } from '../../../src/pipeline/operating/suppress.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';

let rig: Rig;
let runId: string;
const numbers = Array.from({ length: 200 }, (_, index) => phoneNumber(index));

beforeAll(async () => {
  rig = await startRig();
  await rig.work();
  runId = await delivered(rig, numbers, 1);
});
afterAll(() => rig.close());
beforeEach(() => rig.query('TRUNCATE opt_outs, suppressions, notices'));

function wish(number: string | undefined, wants: 'stop' | 'resume', more: Partial<Wish> = {}): Wish {
  return {
    kind: 'preference',
    wants,
    phoneNumber: number ?? '',
    userId: null,
    messageId: null,
    at: new Date(),
    ...more,
  };
}

const ask = (...wishes: Wish[]) => new CallbackGroups(rig.ctx).receive('default', [], { wishes });
const listed = async () => (await rig.query<{ n: number }>('SELECT count(*)::int AS n FROM suppressions'))[0]?.n;
const isSuppressed = async (number = '') => (await rig.siaran.recipient(number)).suppressed;
const later = (ms: number) => new Date(Date.now() + ms);

test('who asks to be left alone is on the list, with why, until the same person resumes', async () => {
  await ask(wish(numbers[0], 'stop'), wish(numbers[1], 'stop', { kind: 'stop_word', messageId: 'wamid.in' }));
  expect(await rig.query('SELECT reason, source FROM suppressions ORDER BY phone_number')).toEqual([
    { reason: 'wants no marketing messages, as WhatsApp says', source: 'opt_out' },
    { reason: 'asked by a reply to be left alone', source: 'opt_out' },
  ]);
  // What is told late and was asked for before doesn't count.
  await ask(wish(numbers[0], 'resume', { at: later(-60_000) }));
  expect(await isSuppressed(numbers[0])).toBe(true);
  await ask(wish(numbers[0], 'resume', { at: later(1_000) }));
  expect(await isSuppressed(numbers[0])).toBe(false);
  await ask(wish(numbers[2], 'stop', { at: later(0) }), wish(numbers[2], 'resume', { at: later(-1_000) }));
  expect(await isSuppressed(numbers[2])).toBe(true);
});

const entryOf = async (number = '') =>
  (await rig.query('SELECT source, reason FROM suppressions WHERE phone_number = $1', [number]))[0];

test('whom an operator put on the list no callback takes off it, nor does what undoes one', async () => {
  const byOperator = { source: 'operator', reason: 'asked by phone' };
  const [first = '', second = '', third = ''] = numbers.slice(3, 6);
  await rig.siaran.suppress([first, second], { reason: byOperator.reason });
  await ask(wish(third, 'stop', { at: later(-2_000) }));
  await rig.siaran.suppress([third], { reason: byOperator.reason });
  await ask(wish(first, 'resume'), wish(second, 'stop', { kind: 'stop_word', messageId: 'wamid.forged' }));
  expect(await entryOf(first)).toEqual(byOperator);
  expect(await entryOf(second)).toEqual({ source: 'opt_out', reason: 'asked by a reply to be left alone' });
  expect(await undoOptOutsOf(rig.ctx, { messageId: 'wamid.forged' })).toEqual({ optOuts: 1, removed: 0 });
  await ask(
    wish(first, 'stop', { at: later(-2_000) }),
    wish(first, 'resume', { at: later(-1_000) }),
    wish(third, 'resume'),
  );
  for (const number of [first, second, third]) expect(await entryOf(number)).toEqual(byOperator);
});

test('an import that is undone leaves those on the list who opted out before or since, until they resume', async () => {
  const [before = '', since = '', neither = ''] = numbers.slice(3, 6);
  await ask(wish(before, 'stop', { at: later(-3_000) }));
  const importing = startImporting();
  const rows = async function* () {
    // A file may have a number twice.
    for (const phone_number of [before, since, neither, neither]) yield { phone_number };
  };
  await importSuppressions(rig.ctx, rows(), 'imported', importing);
  expect(importing).toMatchObject({ added: 2, already: 2 });
  await ask(wish(since, 'stop', { at: later(-2_000) }), wish(before, 'resume', { at: later(-2_000) }));
  expect(await entryOf(before)).toEqual({ source: 'operator', reason: 'imported' });
  await ask(wish(before, 'stop', { at: later(-1_000) }));
  expect(await undoImport(rig.ctx, importing.importId)).toBe(1);
  expect(await Promise.all([before, since, neither].map(isSuppressed))).toEqual([true, true, false]);
  await ask(wish(before, 'resume'), wish(since, 'resume'));
  expect(await listed()).toBe(0);
});

describe('of what somebody asks for the latest counts,', () => {
  const [number = '', other = ''] = numbers.slice(6, 8);
  const [early, middle, late] = [later(-3_000), later(-2_000), later(-1_000)];

  test('whatever comes first', async () => {
    await ask(wish(number, 'resume', { at: late }));
    await ask(wish(number, 'stop', { at: middle }));
    expect(await isSuppressed(number)).toBe(false);
    await ask(wish(other, 'resume', { at: early }));
    await ask(wish(other, 'stop', { at: middle }));
    expect(await isSuppressed(other)).toBe(true);
    // It was told of after that, and asked for before.
    await ask(wish(other, 'resume', { at: late }));
    expect(await isSuppressed(other)).toBe(false);
    await tell(rig, item('m7', 'failed', later(5_000), other, 131050));
    expect(await isSuppressed(other)).toBe(true);
  });

  test('and not what claims to be of the future', async () => {
    await ask(wish(number, 'resume', { at: later(86_400_000) }));
    await ask(wish(number, 'stop'));
    expect(await isSuppressed(number)).toBe(true);
  });

  test('and of two at the same time the opt-out; another account resumes nothing', async () => {
    await ask(wish(number, 'stop', { at: late }), wish(number, 'resume', { at: late }));
    expect(await isSuppressed(number)).toBe(true);
    await new CallbackGroups(rig.ctx).receive('other', [], { wishes: [wish(number, 'resume')] });
    expect(await isSuppressed(number)).toBe(true);
  });

  test('also of what is held: who resumed meanwhile is not put on the list', async () => {
    await ask(...numbers.slice(20, 72).map((each) => wish(each, 'stop', { at: middle })));
    expect(await listHeldOptOuts(rig.ctx)).toMatchObject([{ optOuts: 2 }]);
    await ask(wish(numbers[71], 'resume', { at: late }), wish(numbers[20], 'resume', { at: late }));
    expect(await isSuppressed(numbers[20])).toBe(true);
    expect(await decideHeldOptOuts(rig.ctx, 'default', 'apply')).toBe(4);
    expect(await Promise.all([20, 70, 71].map((at) => isSuppressed(numbers[at])))).toEqual([false, true, false]);
  });

  test('and a forged one that is undone frees whoever had resumed, or was taken off by an operator', async () => {
    await ask(wish(number, 'stop', { at: early }), wish(other, 'stop', { at: early }));
    await ask(wish(number, 'resume', { at: middle }));
    expect(await rig.siaran.unsuppress([other])).toEqual({ removed: 1, absent: 0 });
    const forged = { kind: 'stop_word', messageId: 'wamid.forged', at: late } as const;
    await ask(wish(number, 'stop', forged), wish(other, 'stop', forged));
    expect(await listed()).toBe(2);
    expect(await undoOptOutsOf(rig.ctx, { messageId: 'wamid.forged' })).toEqual({ optOuts: 2, removed: 2 });
  });

  test('and more than are ordinary who want messages again are held; what was forged is undone', async () => {
    const many = numbers.slice(20, 80);
    for (const each of many.slice(0, 30)) await ask(wish(each, 'stop', { at: early }));
    await ask(...many.map((each) => wish(each, 'resume', { at: middle })));
    expect(await listHeldOptOuts(rig.ctx)).toMatchObject([{ optOuts: 40 }]);
    expect(await listed()).toBe(10);
    expect(await decideHeldOptOuts(rig.ctx, 'default', 'discard')).toBe(40);
    const [{ since } = { since: new Date() }] = await rig.query<{ since: Date }>(
      "SELECT min(came_at) AS since FROM opt_outs WHERE kind = 'resume'",
    );
    await undoOptOutsOf(rig.ctx, { since });
    expect(await listed()).toBe(30);
  });
});

test('callbacks that tell of one number at the same time leave it as the latest asks', async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    await rig.query('TRUNCATE opt_outs, suppressions');
    const wishes = Array.from({ length: 8 }, (_, at) =>
      wish(numbers[8], at % 2 ? 'stop' : 'resume', { at: later(-10_000 + 1_000 * at) }),
    );
    await Promise.all(wishes.toSorted(() => Math.random() - 0.5).map((each) => ask(each)));
    expect(await isSuppressed(numbers[8])).toBe(true);
    await Promise.all([...wishes, wish(numbers[8], 'resume', { at: later(-1_000) })].map((each) => ask(each)));
    expect(await isSuppressed(numbers[8])).toBe(false);
  }
});

test('opt-outs are undone by their source, and told again they change nothing', async () => {
  await tell(
    rig,
    item('m10', 'failed', new Date(), numbers[10], 131050),
    item('m11', 'failed', new Date(), numbers[11], 131050),
  );
  await ask(wish(numbers[11], 'stop'));
  await rig.siaran.suppress([numbers[12] ?? '']);
  expect(await undoOptOutsOf(rig.ctx, { messageId: 'm10' })).toEqual({ optOuts: 1, removed: 1 });
  await tell(rig, item('m10', 'failed', new Date(), numbers[10], 131050));
  expect(await isSuppressed(numbers[10])).toBe(false);
  // The other one asked besides to be left alone.
  expect(await undoOptOutsOf(rig.ctx, { batchId: `${runId}-0001` })).toEqual({ optOuts: 1, removed: 0 });
  expect(await isSuppressed(numbers[11])).toBe(true);
  expect(await undoOptOutsOf(rig.ctx, { account: 'default', since: later(-60_000), until: later(60_000) })).toEqual({
    optOuts: 1,
    removed: 1,
  });
  expect(await isSuppressed(numbers[12])).toBe(true);
  expect(() => undoOptOutsOf(rig.ctx, {})).toThrow(/Name the opt-outs to undo/);
});

test('more within a minute than are ordinary are held with a notice, and so are others until an operator decides', async () => {
  await ask(...numbers.slice(20, 100).map((number) => wish(number, 'stop')));
  expect(await listed()).toBe(50);
  expect(await listHeldOptOuts(rig.ctx)).toMatchObject([{ account: 'default', optOuts: 30 }]);
  await rig.query("UPDATE opt_outs SET came_at = came_at - interval '5 minutes'");
  await ask(wish(numbers[100], 'stop'));
  expect(await listed()).toBe(50);
  expect(await rig.query("SELECT account, detail->>'kind' AS kind FROM notices WHERE event = 'hold'")).toEqual([
    { account: 'default', kind: 'opt_outs' },
  ]);
  expect(await decideHeldOptOuts(rig.ctx, 'default', 'apply')).toBe(31);
  expect(await listed()).toBe(81);
  await ask(wish(numbers[101], 'stop'));
  expect(await listed()).toBe(82);
});

test('how many are ordinary can be set', async () => {
  const config = { ...rig.ctx.config, optOutThreshold: { aMinute: 1, ofHandedOver: 0.02 } };
  const groups = new CallbackGroups({ ...rig.ctx, config });
  await groups.receive('default', [], { wishes: numbers.slice(20, 30).map((number) => wish(number, 'stop')) });
  expect(await listed()).toBe(4);
});

test('what is discarded as forged never comes on the list', async () => {
  const forged = numbers.slice(20, 100).map((number) => wish(number, 'stop'));
  await ask(...forged);
  expect(await decideHeldOptOuts(rig.ctx, 'default', 'discard')).toBe(30);
  expect(await undoOptOutsOf(rig.ctx, { account: 'default' })).toEqual({ optOuts: 50, removed: 50 });
  await ask(...forged);
  expect(await listed()).toBe(0);
});

test('of 2,000 that were handed over a hundred in a minute are ordinary', async () => {
  await rig.query('UPDATE batches SET size = 1000');
  await rig.query(`INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, broadcast_job_id, handed_over_at)
    VALUES ('${runId}-0009', '${runId}', 'default', 9, 1000, 'scheduled', now(), 1, 1, now())`);
  await ask(...numbers.slice(0, 110).map((number) => wish(number, 'stop')));
  expect(await listed()).toBe(100);
});
