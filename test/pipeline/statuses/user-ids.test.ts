import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserPair } from '../../../src/domain/statuses/user-ids.js';
import { keepUnplaced, placeUsers } from '../../../src/pipeline/statuses/place-users.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import type { Sql } from '../../../src/store/postgres/sql.js';
import { dropLapsed, keepWaitingStatuses } from '../../../src/store/waiting.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { delivered, type Item, item, logsOf, readItems, tell } from '../../support/statuses.js';

let rig: Rig;
let next = 0;
const numbers = Array.from({ length: 20 }, (_, index) => phoneNumber(index));

beforeAll(async () => {
  rig = await startRig();
  await rig.work();
  await delivered(rig, numbers, 1);
});
afterAll(() => rig.close());

/** A number of its own, an id for it, and a message. */
function user() {
  next += 1;
  return { number: numbers[next] ?? '', userId: `MY.10000${next}`, message: `user${next}` };
}

function ofUser(message: string, status: string, userId: string, code?: number): Item {
  return { ...item(message, status, new Date(), undefined, code), recipient_user_id: userId };
}

function learn(userId: string, number: string | null, formerUserId: string | null = null, account = 'default') {
  const pair: UserPair = { userId, phoneNumber: number, formerUserId };
  return new CallbackGroups(rig.ctx).receive(account, [], { pairs: [pair] });
}

const waiting = () =>
  rig.query('SELECT message_id AS message, status FROM waiting_statuses ORDER BY message_id, status');

test('a status that tells the user id only is placed by the number that a contact told for it', async () => {
  const { number, userId, message } = user();
  await new CallbackGroups(rig.ctx).receive('default', readItems([ofUser(message, 'sent', userId)]), {
    pairs: [{ userId, phoneNumber: number, formerUserId: null }],
  });
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'sent' }]);
});

test('what comes before the number is known waits, is counted as unknown, and is placed once it is learnt', async () => {
  const { number, userId, message } = user();
  expect(await tell(rig, ofUser(message, 'read', userId), ofUser(message, 'sent', userId))).toEqual({
    updated: 0,
    ignored: 0,
    unknown: 2,
  });
  await tell(rig, ofUser(message, 'read', userId));
  expect(await waiting()).toEqual([
    { message, status: 'read' },
    { message, status: 'sent' },
  ]);
  await learn(userId, number, null, 'acme');
  expect(await waiting()).toHaveLength(2);
  await learn(userId, number);
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'read' }]);
  expect(await waiting()).toEqual([]);
});

test('a status that comes in another process while its number is being learnt is placed', async () => {
  const { number, userId, message } = user();
  const telling = await meanwhile(
    (tx) => placeUsers(tx, 'default', [{ userId, phoneNumber: number, formerUserId: null }], [], []),
    () => tell(rig, ofUser(message, 'sent', userId)),
  );
  expect(telling).toMatchObject({ updated: 1 });
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'sent' }]);
});

test('a number that is learnt in another process while a status is kept for it places that', async () => {
  const { number, userId, message } = user();
  const [status] = readItems([ofUser(message, 'sent', userId)]);
  if (!status) throw new Error('no status was read');
  await meanwhile(
    async (tx) => {
      const { told } = await placeUsers(tx, 'default', [], [status], []);
      await keepUnplaced(tx, 'default', told, new Map());
    },
    () => learn(userId, number),
  );
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'sent' }]);
  expect(await waiting()).toEqual([]);
});

test('a wish that comes in another process while its number is being learnt is heard', async () => {
  const { number, userId } = user();
  const wish = {
    kind: 'preference',
    wants: 'stop',
    phoneNumber: null,
    userId,
    messageId: null,
    at: new Date(),
  } as const;
  await meanwhile(
    (tx) => placeUsers(tx, 'default', [{ userId, phoneNumber: number, formerUserId: null }], [], []),
    () => new CallbackGroups(rig.ctx).receive('default', [], { wishes: [wish] }),
  );
  expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: true });
});

/** Lets something begin while a transaction isn't over, which ends once that waits for it, or is done. */
async function meanwhile<T>(first: (tx: Sql) => Promise<unknown>, second: () => Promise<T>): Promise<T> {
  let [began, isOver] = [Promise.resolve() as Promise<unknown>, false];
  await rig.ctx.db.$transaction(async (tx) => {
    await first(tx);
    began = second().finally(() => {
      isOver = true;
    });
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await eventually(async () => isOver || (await rig.query(waits)).length > 0, Boolean);
  });
  return (await began) as T;
}

test('a message that is known by its number tells whose the user id is', async () => {
  const { number, userId, message } = user();
  await tell(rig, item(message, 'sent', new Date(), number));
  await tell(rig, ofUser(message, 'delivered', userId));
  expect(await rig.siaran.recipient(userId)).toMatchObject({
    phoneNumber: number,
    runs: [{ deliveryStatus: 'delivered' }],
  });
  await expect(rig.siaran.recipient('MY.404')).rejects.toThrow(/No callback has told which number the user id MY.404/);
});

test('another id of a user stands for the number of the one before, and another number takes its place', async () => {
  const [{ number, userId }, other] = [user(), user()];
  await learn(userId, number);
  await learn('MY.777', null, userId);
  expect(await rig.siaran.recipient('MY.777')).toMatchObject({ phoneNumber: number });
  await learn('MY.777', other.number);
  expect(await rig.siaran.recipient('MY.777')).toMatchObject({ phoneNumber: other.number });
  await learn('MY.778', null, 'MY.404');
  await expect(rig.siaran.recipient('MY.778')).rejects.toThrow(/No callback has told/);
});

test('who opted out by a message that only tells the user id is put on the suppression list', async () => {
  const { number, userId, message } = user();
  await tell(rig, ofUser(message, 'failed', userId, 131050));
  await learn(userId, number);
  expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: true });
});

test('what has waited for a week goes, and no more wait than there is room for', async () => {
  const { userId, message } = user();
  const wish = { kind: 'stop_word', wants: 'stop', phoneNumber: null, userId, at: new Date() } as const;
  const ask = (messageId: string) =>
    new CallbackGroups(rig.ctx).receive('default', [], { wishes: [{ ...wish, messageId }] });
  await tell(rig, ofUser(message, 'sent', userId));
  await ask('old');
  expect(await dropLapsed(rig.ctx.db)).toEqual({ statuses: 0, wishes: 0 });
  for (const table of ['waiting_statuses', 'waiting_wishes'])
    await rig.query(`UPDATE ${table} SET came_at = now() - interval '8 days'`);
  expect(await dropLapsed(rig.ctx.db)).toEqual({ statuses: 1, wishes: 1 });
  await rig.query(`INSERT INTO waiting_statuses (account, message_id, status, user_id, opted_out)
    SELECT 'full', 'full' || n, 'sent', 'MY.1', false FROM generate_series(1, 99999) AS n`);
  await rig.query(`INSERT INTO waiting_wishes (account, user_id, kind, reference, asked_at)
    SELECT 'full', 'MY.1', 'stop_word', 'full' || n, now() FROM generate_series(1, 99999) AS n`);
  const keep = (id: string) => keepWaitingStatuses(rig.ctx.db, 'default', readItems([ofUser(id, 'sent', userId)]));
  for (const id of ['the last one', 'one too many']) {
    await keep(id);
    await ask(id);
  }
  const kept = await rig.query("SELECT message_id AS message FROM waiting_statuses WHERE account = 'default'");
  expect(kept).toEqual([{ message: 'the last one' }]);
  expect(await rig.query("SELECT reference FROM waiting_wishes WHERE account = 'default'")).toEqual([
    { reference: 'the last one' },
  ]);
  await rig.query('TRUNCATE waiting_statuses, waiting_wishes');
});
