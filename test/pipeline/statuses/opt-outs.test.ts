import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Wish } from '../../../src/domain/statuses/opt-outs.js';
import { decideHeldOptOuts, listHeldOptOuts, undoOptOutsOf } from '../../../src/pipeline/operating/opt-outs.js';
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

test('whom an operator put on the list no callback takes off it', async () => {
  await rig.siaran.suppress([numbers[3] ?? '']);
  await ask(wish(numbers[3], 'resume', { at: later(60_000) }));
  expect(await isSuppressed(numbers[3])).toBe(true);
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
