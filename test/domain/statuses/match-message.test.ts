import { expect, test } from '@jest/globals';
import { type Broadcast, matchByTime } from '../../../src/domain/statuses/match-message.js';

const hour = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 11, 1) + hours * hour);
const broadcast = (batchId: string, hours: number, holder: string | null = null, heldAt = hours): Broadcast => ({
  ...{ batchId, beganAt: at(hours) },
  holder: holder === null ? null : { messageId: holder, firstAt: at(heldAt) },
});
const matches = (told: [string, number][], broadcasts: Broadcast[]) =>
  Object.fromEntries(
    matchByTime(
      told.map(([messageId, hours]) => ({ messageId, firstAt: at(hours) })),
      broadcasts,
    ).map((matched) => [matched.messageId, matched.broadcast.batchId]),
  );

test('a message belongs to the latest broadcast that had begun, within 72 hours and the difference of clocks', () => {
  const three = [broadcast('a', 0), broadcast('b', 10), broadcast('c', 20)];
  expect(matches([['m', 15]], three)).toEqual({ m: 'b' });
  expect(matches([['m', 9.95]], three)).toEqual({ m: 'b' });
  expect(matches([['m', 9.9]], three)).toEqual({ m: 'a' });
  expect(matches([['m', 92]], three)).toEqual({ m: 'c' });
  expect(matches([['m', 92.01]], three)).toEqual({});
  expect(matches([['m', -1]], three)).toEqual({});
});

test('of two broadcasts within minutes each gets its own message, in whatever order they are told', () => {
  const minute = 1 / 60;
  const two = (...holders: (string | null)[]) => [
    broadcast('a', 0, holders[0] ?? null, minute / 60),
    broadcast('b', minute, holders[1] ?? null, minute),
  ];
  expect(matches([['m1', minute / 60]], two())).toEqual({ m1: 'a' });
  expect(matches([['m2', minute]], two('m1'))).toEqual({ m1: 'a', m2: 'b' });
  expect(matches([['m1', minute / 60]], two(null, 'm2'))).toEqual({ m1: 'a', m2: 'b' });
  // Statuses tell whole seconds: one is told to be of up to a second before its broadcast.
  const second = 1 / 3_600;
  const close = [broadcast('a', 0), broadcast('b', 3 * second)];
  expect(matches([['m2', 2.1 * second]], close)).toEqual({ m2: 'b' });
  expect(matches([['m1', -0.9 * second]], close)).toEqual({ m1: 'a' });
});

test('one that was earlier on its way takes its broadcast back from a later one, which gets another', () => {
  expect(matches([['m1', 10]], [broadcast('a', 0), broadcast('b', 10, 'm0', 30)])).toEqual({ m1: 'b', m0: 'a' });
  expect(matches([['m0', 1]], [broadcast('a', 0), broadcast('b', 10, 'm0', 30)])).toEqual({ m0: 'a' });
});

test('what has a broadcast never loses it without getting another one', () => {
  expect(matches([['m1', 10]], [broadcast('b', 10, 'm0', 30)])).toEqual({});
  expect(
    matches(
      [
        ['m1', 10],
        ['m2', 1],
      ],
      [broadcast('a', 0), broadcast('b', 10, 'm0', 79)],
    ),
  ).toEqual({ m2: 'a' });
});
