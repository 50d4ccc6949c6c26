import { callbackValues, isObject, type Json, objectsIn, readNumber } from './callback-values.js';

/**
 * That a business-scoped user id stands for a number. WhatsApp tells of users who hide their number by such an id only. `null`: the
 * number is that of the id before.
 */
export type UserPair = { userId: string; phoneNumber: string | null; formerUserId: string | null };

/** `MY.2035200694071263`, also of a parent (`MY.ENT.…`): a country, and what is never read as a number. */
export function readUserId(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(text) ? text : null;
}

/** Whom something is told of: a number, a user id, or both. */
type Person = { phoneNumber: string | null; userId: string | null };

/** Whether the number has to be looked up by the user id. */
export function hasUserIdOnly({ phoneNumber, userId }: Person): boolean {
  return phoneNumber === null && userId !== null;
}

/** The ids whose numbers have to be looked up. */
export function userIdsWithoutNumber(people: readonly Person[]): string[] {
  return people.filter(hasUserIdOnly).flatMap(({ userId }) => userId ?? []);
}

/** More than that are in no callback of up to 4 MB that means them. */
const mostPairs = 10_000;

/**
 * What a callback tells of who is who, in the order in which it is told: contacts, senders, statuses with both, `user_changed_number`
 * and `user_id_update`. The forms are those of WhatsApp's Cloud API; what Qiscus makes of them was not observed.
 */
export function readUserPairs(body: unknown): UserPair[] {
  return callbackValues(body).flatMap(pairsOfValue).slice(0, mostPairs);
}

function pairsOfValue(value: Json): UserPair[] {
  return [
    ...objectsIn(value.contacts).flatMap(({ wa_id: number, user_id: id }) => pair(id, number)),
    ...objectsIn(value.messages).flatMap(pairsOfMessage),
    ...objectsIn(value.statuses).flatMap(({ recipient_id: number, recipient_user_id: id }) => pair(id, number)),
    ...objectsIn(value.user_id_update).flatMap(pairsOfUpdate),
  ];
}

/** An incoming message; one of the kind `system` tells that its sender has another number now. */
function pairsOfMessage({ from, from_user_id: id, system }: Json): UserPair[] {
  const told = pair(id, from);
  if (!isObject(system) || system.type !== 'user_changed_number') return told;
  return [...told, ...pair(system.user_id ?? id, system.wa_id ?? system.new_wa_id)];
}

function pairsOfUpdate({ wa_id: number, user_id: id }: Json): UserPair[] {
  if (!isObject(id)) return pair(id, number);
  const [userId, former] = [readUserId(id.current), readUserId(id.previous)];
  if (userId === null) return [];
  // Statuses of messages from before may still tell the id of that time.
  return [...pair(former, number), { userId, phoneNumber: readNumber(number), formerUserId: former }];
}

function pair(id: unknown, number: unknown): UserPair[] {
  const [userId, phoneNumber] = [readUserId(id), readNumber(number)];
  return userId === null || phoneNumber === null ? [] : [{ userId, phoneNumber, formerUserId: null }];
}
