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

/** `status`: a message failed with 131050. `resume`: whoever has the number wants messages again. */
export type OptOutKind = 'status' | 'preference' | 'stop_word' | 'resume';

/**
 * What somebody asked for, as it is kept. `reference` tells it from others of its kind: it is the message's id, or the instant of a preference.
 * `askedAt` is WhatsApp's time; `null` if that isn't told.
 */
export type OptOut = { kind: OptOutKind; reference: string; askedAt: Date | null };

/** Whose it is: of some users only an id is told. */
export type OptOutOfUser = OptOut & { phoneNumber: string | null; userId: string | null };

/** Beyond so many within a minute, and such a part of what an account handed over within three days, opt-outs are out of the ordinary. */
export type OptOutThreshold = { aMinute: number; ofHandedOver: number };

/** `50,5%`; `undefined` if it is none. */
export function readOptOutThreshold(text: string): OptOutThreshold | undefined {
  const [, aMinute, percent] = /^\s*(\d{1,9})\s*,\s*(\d{1,2}(?:\.\d{1,3})?|100)\s*%\s*$/.exec(text) ?? [];
  return aMinute === undefined ? undefined : { aMinute: Number(aMinute), ofHandedOver: Number(percent) / 100 };
}

/** @param now stands for the time of what is told without one. */
export function optOutOf({ kind, wants, phoneNumber, userId, messageId, at }: Wish, now: Date): OptOutOfUser {
  const reference = messageId ?? (at ?? now).toISOString();
  return { phoneNumber, userId, kind: wants === 'resume' ? 'resume' : kind, reference, askedAt: at };
}

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
