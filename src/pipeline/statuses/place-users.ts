import type { HeardStatus } from '../../domain/statuses/callback.js';
import type { OptOutOfUser } from '../../domain/statuses/opt-outs.js';
import { hasUserIdOnly, type UserPair, userIdsWithoutNumber } from '../../domain/statuses/user-ids.js';
import { forgottenUsersAmong } from '../../store/forgotten-users.js';
import type { Sql } from '../../store/postgres/sql.js';
import type { RaisedMessage } from '../../store/raise-statuses.js';
import { learnUserPairs, lockUsers, numbersOfUsers } from '../../store/user-ids.js';
import { keepWaitingStatuses, keepWaitingWishes, takeWaitingStatuses, takeWaitingWishes } from '../../store/waiting.js';

/**
 * Remembers which numbers user ids stand for, and gives statuses and wishes that tell an id only the number of it. Those that have waited
 * for one of these numbers come along.
 */
export async function placeUsers(
  tx: Sql,
  account: string,
  pairs: readonly UserPair[],
  statuses: readonly HeardStatus[],
  wishes: readonly OptOutOfUser[],
): Promise<{ told: HeardStatus[]; waited: HeardStatus[]; wishes: OptOutOfUser[] }> {
  const users = [
    ...pairs.flatMap(({ userId, formerUserId }) => [userId, ...(formerUserId === null ? [] : [formerUserId])]),
    ...userIdsWithoutNumber([...statuses, ...wishes]),
  ];
  if (users.length > 0) await lockUsers(tx, users);
  const learnt = pairs.length > 0 ? await learnUserPairs(tx, account, pairs) : [];
  const waited = learnt.length > 0 ? await takeWaitingStatuses(tx, account, learnt) : [];
  const waitedWishes = learnt.length > 0 ? await takeWaitingWishes(tx, account, learnt) : [];
  const ids = userIdsWithoutNumber([...statuses, ...waited, ...wishes, ...waitedWishes]);
  const numbers = ids.length > 0 ? await numbersOfUsers(tx, account, [...new Set(ids)]) : new Map<string, string>();
  const place = <Of extends { phoneNumber: string | null; userId: string | null }>(told: Of): Of =>
    hasUserIdOnly(told) ? { ...told, phoneNumber: numbers.get(told.userId ?? '') ?? null } : told;
  return { told: statuses.map(place), waited: waited.map(place), wishes: [...waitedWishes, ...wishes].map(place) };
}

/** Keeps wishes of whom only an id is told until somebody tells its number. Returns how many there was no room for. */
export async function keepUnplacedWishes(tx: Sql, account: string, wishes: readonly OptOutOfUser[]): Promise<number> {
  const unplaced = await withoutForgotten(tx, wishes.filter(hasUserIdOnly));
  if (unplaced.length === 0 || (await keepWaitingWishes(tx, account, unplaced))) return 0;
  return unplaced.length;
}

/**
 * Keeps statuses that tell an id whose number isn't known until somebody tells it. Returns what is learnt of the others: their message is known,
 * and so is the number by it. That is for a transaction of its own, as what waits for it is about other messages.
 */
export async function keepUnplaced(
  tx: Sql,
  account: string,
  told: readonly HeardStatus[],
  known: ReadonlyMap<string, RaisedMessage>,
): Promise<UserPair[]> {
  const unplaced = told.filter(hasUserIdOnly);
  const waiting = await withoutForgotten(
    tx,
    unplaced.filter(({ messageId }) => !known.has(messageId)),
  );
  if (waiting.length > 0) await keepWaitingStatuses(tx, account, waiting);
  return unplaced.flatMap(({ messageId, userId }): UserPair[] => {
    const phoneNumber = known.get(messageId)?.phoneNumber ?? null;
    return phoneNumber === null || userId === null ? [] : [{ userId, phoneNumber, formerUserId: null }];
  });
}

async function withoutForgotten<Of extends { userId: string | null }>(tx: Sql, told: readonly Of[]): Promise<Of[]> {
  const forgotten = await forgottenUsersAmong(tx, [...new Set(told.flatMap(({ userId }) => userId ?? []))]);
  return told.filter(({ userId }) => userId === null || !forgotten.has(userId));
}
