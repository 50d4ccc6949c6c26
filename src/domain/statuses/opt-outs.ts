import { storableText } from '../text/unstorable.js';
import { readInstant } from './callback.js';
import { callbackValues, type Json, objectsIn, readNumber } from './callback-values.js';
import { readUserId } from './user-ids.js';

/** What somebody asked for other than by a failed message: to be left alone, or not any more. */
export type Wish = {
  kind: 'preference' | 'stop_word';
  wants: 'stop' | 'resume';
  /** An identity; `null` if only the user id is told. */
  phoneNumber: string | null;
  userId: string | null;
  messageId: string | null;
  at: Date | null;
};

/**
 * Reads `user_preferences` about marketing messages, and replies that are one of the stop words and nothing else, in any case.
 * The forms are those of WhatsApp's Cloud API.
 */
export function readWishes(body: unknown, stopWords: readonly string[]): Wish[] {
  return callbackValues(body).flatMap((value) => [
    ...objectsIn(value.user_preferences).flatMap(readPreference),
    ...objectsIn(value.messages).flatMap((message) => readReply(message, stopWords)),
  ]);
}

function readPreference({ wa_id: number, user_id: id, category, value, timestamp }: Json): Wish[] {
  if (category !== 'marketing_messages' || (value !== 'stop' && value !== 'resume')) return [];
  return wish({ kind: 'preference', wants: value, messageId: null, at: readInstant(timestamp) }, number, id);
}

function readReply({ id, from, from_user_id: userId, text, timestamp }: Json, stopWords: readonly string[]): Wish[] {
  const body = typeof text === 'object' && text !== null ? (text as Json).body : undefined;
  if (typeof body !== 'string' || body.length > 200 || !stopWords.includes(body.trim().toUpperCase())) return [];
  const messageId = typeof id === 'string' && id.length <= 500 ? storableText(id) : null;
  return wish({ kind: 'stop_word', wants: 'stop', messageId, at: readInstant(timestamp) }, from, userId);
}

function wish(told: Omit<Wish, 'phoneNumber' | 'userId'>, number: unknown, id: unknown): Wish[] {
  const phoneNumber = readNumber(number);
  const userId = readUserId(id) ?? readUserId(number);
  return phoneNumber === null && userId === null ? [] : [{ ...told, phoneNumber, userId }];
}
