import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { matchMessages } from '../../../src/pipeline/statuses/match-messages.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { beginMatching } from '../../../src/store/broadcast-logs.js';
import { raw } from '../../../src/store/postgres/sql.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { ago, delivered, type Item, item, logsOf, readItems } from '../../support/statuses.js';

let rig: Rig;
const numbers = Array.from({ length: 300 }, (_, index) => phoneNumber(index));

beforeAll(async () => {
  rig = await startRig();
  await rig.work();
  await delivered(rig, numbers, 1);
});
afterAll(() => rig.close());

const tellAll = (items: readonly Item[]) => new CallbackGroups(rig.ctx).receive('default', readItems(items));
const told = (at: number, status = 'sent') => readItems([item(`m${at}`, status, new Date(), numbers[at])]);

/** By which transaction each message's log was written last. */
function transactions(from: number, to: number): Promise<{ message: string; xmin: string }[]> {
  const messages = Array.from({ length: to - from }, (_, at) => `m${from + at}`);
  return rig.query('SELECT message_id AS message, xmin::text FROM broadcast_logs WHERE message_id = ANY($1)', [
    messages,
  ]);
}

test('callbacks that come while others are written share one transaction, and each is told what became of its own', async () => {
  const groups = new CallbackGroups(rig.ctx);
  const answers = await rig.ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT lock_messages(ARRAY['m0'])`;
    const first = groups.receive('default', told(0));
    await eventually(
      () => rig.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
      (waiting) => waiting.length === 1,
    );
    const others = Array.from({ length: 49 }, (_, at) => groups.receive('default', told(1 + at)));
    const strange = groups.receive('default', readItems([item('strange', 'read', new Date(), '6281399999999')]));
    return { first, others, strange };
  });
  expect(await answers.first).toEqual({ updated: 1, ignored: 0, unknown: 0 });
  expect(await Promise.all(answers.others)).toEqual(Array(49).fill({ updated: 1, ignored: 0, unknown: 0 }));
  expect(await answers.strange).toEqual({ updated: 0, ignored: 0, unknown: 1 });
  expect(new Set((await transactions(1, 50)).map(({ xmin }) => xmin)).size).toBe(1);
  expect(new Set((await transactions(0, 50)).map(({ xmin }) => xmin)).size).toBe(2);
});

test('a callback that Postgres refuses fails alone', async () => {
  const groups = new CallbackGroups(rig.ctx);
  const bad = told(60).map((status) => ({ ...status, messageId: 'no text for Postgres: \0' }));
  const answers = await Promise.allSettled([
    groups.receive('default', told(61)),
    groups.receive('default', bad),
    groups.receive('default', told(62)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await transactions(60, 63)).toHaveLength(2);
});

test('a message that two of them tell of has come further once; accounts are kept apart', async () => {
  const groups = new CallbackGroups(rig.ctx);
  const answers = await Promise.all([
    groups.receive('default', told(70)),
    groups.receive('acme', told(71)),
    groups.receive('default', told(70, 'read')),
  ]);
  expect(answers).toEqual([
    { updated: 1, ignored: 0, unknown: 0 },
    { updated: 0, ignored: 0, unknown: 1 },
    { updated: 0, ignored: 1, unknown: 0 },
  ]);
});

describe('many statuses of messages that have a log', () => {
  const [spare = '', ...own] = Array.from({ length: 251 }, (_, index) => phoneNumber(1_000 + index));
  const all = own.map((number, at) => item(`many${at}`, 'read', new Date(), number));
  beforeAll(async () => {
    await delivered(rig, [spare, ...own], 1);
    const sent = all.map((each) => ({ ...each, status: 'sent' }));
    await new CallbackGroups(rig.ctx).receive('default', readItems(sent));
  });

  test('wait for no others of their like, but for whoever looks for one of these messages', async () => {
    const hold = (lock: string, during: () => Promise<unknown>) =>
      rig.ctx.db.$transaction(async (tx) => {
        await tx.$queryRaw(raw(`SELECT ${lock}(ARRAY['many7'])::text`));
        await during();
      });
    const tell = (status: string) => tellAll(all.map((each) => ({ ...each, status })));
    await hold('share_messages', async () =>
      expect(await tell('delivered')).toEqual({ updated: 250, ignored: 0, unknown: 0 }),
    );
    let reading: Promise<unknown> = Promise.resolve();
    await hold('lock_messages', async () => {
      reading = tell('read');
      await eventually(
        () => rig.query("SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
        (waiting) => waiting.length === 1,
      );
    });
    expect(await reading).toEqual({ updated: 250, ignored: 0, unknown: 0 });
  });

  test('are looked for anew if they were on their way earlier than was known', async () => {
    const twice = Array.from({ length: 200 }, (_, index) => phoneNumber(2_000 + index));
    const first = await delivered(rig, twice, 30);
    await delivered(rig, twice, 24);
    const tell = (status: string, hours: number) =>
      tellAll(twice.map((number) => item(`twice${number}`, status, ago(hours), number)));
    await tell('read', 20);
    await tell('delivered', 29.9);
    expect(await logsOf(rig, twice[7] ?? '')).toMatchObject([{ run: first, status: 'read' }]);
  });

  test('leave those to be looked for that have none, and those of another account alone', async () => {
    const found = item('found', 'delivered', new Date(), spare);
    expect(await tellAll([...all, found, item('nowhere', 'read')])).toEqual({ updated: 1, ignored: 250, unknown: 1 });
    expect(await new CallbackGroups(rig.ctx).receive('acme', readItems(all))).toEqual({
      ...{ updated: 0, ignored: 0, unknown: 250 },
    });
  });
});

test('whoever counts some messages on new logs and others on theirs adds to rows of results of its own', async () => {
  const [known = '', ...others] = Array.from({ length: 4 }, (_, index) => phoneNumber(3_000 + index));
  await delivered(rig, [known, ...others], 1);
  await tellAll([item('known', 'sent', new Date(), known)]);
  /** Whether it has rows of its own once it has matched these. */
  const isAlone = (...items: Item[]) =>
    rig.ctx.db.$transaction(async (tx) => {
      await beginMatching(tx, ['some']);
      await matchMessages(tx, 'default', readItems(items));
      const held = await tx.$queryRaw<object[]>`
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 1667329123 AND pid = pg_backend_pid()`;
      return held.length > 0;
    });
  const [first = '', second = '', third = ''] = others;
  const read = item('known', 'read', new Date(), known);
  expect(await isAlone(item('first', 'sent', new Date(), first), item('nowhere', 'sent'))).toBe(false);
  expect(await isAlone(read, item('nowhere', 'sent'))).toBe(false);
  expect(await isAlone(item('second', 'sent', new Date(), second), read)).toBe(true);
  expect(await isAlone(item('third', 'sent', new Date(), third), item('third', 'read', new Date(), third))).toBe(false);
});

test('a callback of more statuses than fit into one transaction is taken whole', async () => {
  const all = numbers.slice(100).map((number, at) => item(`whole${at}`, 'sent', new Date(), number));
  const more = Array.from({ length: 1_150 }, (_, at) => item(`none${at}`, 'sent'));
  const counts = await new CallbackGroups(rig.ctx).receive('default', readItems([...all, ...more]));
  expect(counts).toEqual({ updated: 200, ignored: 0, unknown: 1_150 });
});
