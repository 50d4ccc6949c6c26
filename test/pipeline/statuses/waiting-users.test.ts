import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserPair } from '../../../src/domain/statuses/user-ids.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { delivered, type Item, item, logsOf, tell } from '../../support/statuses.js';

let rig: Rig;
let next = 0;
const numbers = Array.from({ length: 10 }, (_, index) => phoneNumber(index));

beforeAll(async () => {
  rig = await startRig();
  await rig.work();
  await delivered(rig, numbers, 1);
});
afterAll(() => rig.close());

/** A number of its own, an id for it, and a message. */
function user() {
  next += 1;
  return { number: numbers[next] ?? '', userId: `MY.20000${next}`, message: `user${next}` };
}

function ofUser(message: string, status: string, userId: string, code?: number): Item {
  return { ...item(message, status, new Date(), undefined, code), recipient_user_id: userId };
}

function learn(userId: string, number: string | null, formerUserId: string | null = null) {
  const pair: UserPair = { userId, phoneNumber: number, formerUserId };
  return new CallbackGroups(rig.ctx).receive('default', [], { pairs: [pair] });
}

const waiting = () =>
  rig.query('SELECT message_id AS message, status FROM waiting_statuses ORDER BY message_id, status');

test('what waits for a user id is placed once a message that is known by its number tells whose it is', async () => {
  const { number, userId, message } = user();
  await tell(rig, item(message, 'sent', new Date(Date.now() - 3_000_000), number));
  await delivered(rig, [number], 0.5);
  await tell(rig, ofUser('later', 'failed', userId, 131050), ofUser('later', 'sent', userId));
  expect(await waiting()).toHaveLength(2);
  await tell(rig, ofUser(message, 'delivered', userId));
  expect(await waiting()).toEqual([]);
  expect((await logsOf(rig, number)).map((log) => [log.message, log.status])).toEqual(
    expect.arrayContaining([
      [message, 'delivered'],
      ['later', 'failed'],
    ]),
  );
  expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: true });
});

test('what waits for a user id goes on waiting when its owner gets another one, for whichever of them the number is told', async () => {
  const { number, userId, message } = user();
  await tell(rig, ofUser(message, 'sent', 'MY.405'));
  await tell(rig, ofUser(message, 'delivered', userId));
  const wish = { kind: 'preference', wants: 'stop', messageId: null, at: new Date() } as const;
  await new CallbackGroups(rig.ctx).receive('default', [], {
    wishes: [{ ...wish, phoneNumber: null, userId: 'MY.405' }],
  });
  await learn(userId, null, 'MY.405');
  expect(await waiting()).toEqual([
    { message, status: 'delivered' },
    { message, status: 'sent' },
  ]);
  await learn(userId, number);
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'delivered' }]);
  expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: true });
});

test('what waits for the id before is placed if the number of the new one is known', async () => {
  const { number, userId, message } = user();
  await learn(userId, number);
  await tell(rig, ofUser(message, 'sent', 'MY.406'));
  await learn(userId, null, 'MY.406');
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'sent' }]);
});

test('a contact and another id of it are learnt in the order in which one callback tells them', async () => {
  const { number, userId, message } = user();
  await tell(rig, ofUser(message, 'sent', 'MY.779'));
  await new CallbackGroups(rig.ctx).receive('default', [], {
    pairs: [
      { userId, phoneNumber: number, formerUserId: null },
      { userId: 'MY.779', phoneNumber: null, formerUserId: userId },
    ],
  });
  expect(await rig.siaran.recipient('MY.779')).toMatchObject({ phoneNumber: number });
  expect(await logsOf(rig, number)).toMatchObject([{ message, status: 'sent' }]);
});

test.each(['stop', 'resume'] as const)(
  'who asks for %s by a user id only is heard once the number of the id is known',
  async (wants) => {
    const { number, userId, message } = user();
    const [before, asked] = [new Date(Date.now() - 2_000), new Date(Date.now() - 1_000)];
    const wish = { kind: 'preference', messageId: null } as const;
    const groups = new CallbackGroups(rig.ctx);
    if (wants === 'resume')
      await groups.receive('default', [], {
        wishes: [{ ...wish, wants: 'stop', phoneNumber: number, userId: null, at: before }],
      });
    for (let times = 0; times < 2; times += 1)
      await groups.receive('default', [], { wishes: [{ ...wish, wants, phoneNumber: null, userId, at: asked }] });
    expect(await rig.query('SELECT user_id AS id FROM waiting_wishes')).toEqual([{ id: userId }]);
    expect((await rig.siaran.recipient(number)).suppressed).toBe(wants === 'resume');
    // A message that is known tells whose the id is.
    await tell(rig, item(message, 'sent', new Date(), number));
    await tell(rig, ofUser(message, 'delivered', userId));
    expect((await rig.siaran.recipient(number)).suppressed).toBe(wants === 'stop');
    expect(await rig.query('SELECT 1 FROM waiting_wishes')).toEqual([]);
  },
);
