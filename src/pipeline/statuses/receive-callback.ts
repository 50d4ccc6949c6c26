import type { Context } from '../../context.js';
import type { HeardStatus } from '../../domain/statuses/callback.js';
import { type OptOutOfUser, optOutOf, type Wish } from '../../domain/statuses/opt-outs.js';
import { hasUserIdOnly, type UserPair } from '../../domain/statuses/user-ids.js';
import { beginMatching } from '../../store/broadcast-logs.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type RaisedMessage, raisePlaced, raiseStatuses } from '../../store/raise-statuses.js';
import { matchMessages } from './match-messages.js';
import { placeFirst } from './place-first.js';
import { keepUnplaced, keepUnplacedWishes, placeUsers } from './place-users.js';
import { takeWishes } from './take-wishes.js';

/** What a callback tells, or a part of it. */
export type Told = { statuses: readonly HeardStatus[]; pairs: readonly UserPair[]; wishes: readonly Wish[] };

/**
 * What became of the statuses of a callback: `updated` counts messages that have come further, `ignored` what is known already
 * or says nothing, `unknown` what belongs to no message of ours.
 */
export type CallbackCounts = { updated: number; ignored: number; unknown: number };

/**
 * Takes what callbacks tell of an account's messages, in any order and as often as it comes: the end is the same. A message that
 * isn't known yet is looked for by its number and the time; what can't be found changes nothing. If it throws, all of it may be told again.
 * @returns what became of each callback's statuses
 */
export async function receiveStatuses(
  ctx: Context,
  account: string,
  callbacks: readonly Told[],
): Promise<CallbackCounts[]> {
  const told = callbacks.flatMap(({ statuses }) => statuses);
  const placed = await placeFirst(ctx, account, told);
  const others = told.filter((status) => !placed.has(status));
  const raised = await raiseKnown(ctx, account, others);
  const left = callbacks.map((callback) => ({
    ...callback,
    statuses: callback.statuses.filter((status) => !placed.has(status) && !raised.has(status.messageId)),
  }));
  const isThrough = left.every(({ statuses, pairs, wishes }) => statuses.length + pairs.length + wishes.length === 0);
  const received = isThrough ? nothing : await ctx.db.$transaction((tx) => receive(ctx, tx, account, left));
  if (received.learnt.length > 0)
    await ctx.db.$transaction((tx) => receive(ctx, tx, account, [pairsOnly(received.learnt)]));
  if (received.lost > 0)
    ctx.logger.error(
      { account, wishes: received.lost },
      'people asked to be left alone, or not any more, and are known by a user id only: there is no room to keep that',
    );
  return countEach(callbacks, [...placed.values(), ...raised.values(), ...received.known.values()]);
}

/** @param messages those that are known; one that several steps have taken further stands there for each */
function countEach(callbacks: readonly Told[], messages: readonly RaisedMessage[]): CallbackCounts[] {
  const known = new Set(messages.map(({ messageId }) => messageId));
  const changed = new Set(messages.filter((message) => message.changed).map(({ messageId }) => messageId));
  return callbacks.map(({ statuses: told }) => {
    const unknown = told.filter(({ messageId }) => !known.has(messageId)).length;
    // A message that several tell of has come further once.
    const updated = told.filter(({ messageId }) => changed.delete(messageId)).length;
    return { updated, ignored: told.length - unknown - updated, unknown };
  });
}

/**
 * Messages whose log is there need not be looked for, and most statuses are of those: one statement carries them further, and others of its
 * like go on at the same time.
 */
async function raiseKnown(
  ctx: Context,
  account: string,
  told: readonly HeardStatus[],
): Promise<ReadonlyMap<string, RaisedMessage>> {
  const more = new Set(told.filter(isMore).map(({ messageId }) => messageId));
  const plain = told.filter(({ messageId }) => !more.has(messageId));
  if (plain.length === 0) return new Map();
  const raised = await raisePlaced(ctx.db, account, keysOf(plain), plain);
  return new Map(raised.map((message) => [message.messageId, message]));
}

/** It tells besides who doesn't want any more, or whose number a user id stands for. */
function isMore(told: HeardStatus): boolean {
  return told.optedOut || hasUserIdOnly(told);
}

function keysOf(told: readonly HeardStatus[]): string[] {
  return told.flatMap(({ messageId, phoneNumber }) => [messageId, ...(phoneNumber === null ? [] : [phoneNumber])]);
}

/** `learnt`: whose user ids are known by messages that are known. `lost`: wishes that could not be kept. */
type Received = { known: ReadonlyMap<string, RaisedMessage>; learnt: readonly UserPair[]; lost: number };

const nothing: Received = { known: new Map(), learnt: [], lost: 0 };

function pairsOnly(pairs: readonly UserPair[]): Told {
  return { statuses: [], pairs, wishes: [] };
}

async function receive(ctx: Context, tx: Sql, account: string, callbacks: readonly Told[]): Promise<Received> {
  const pairs = callbacks.flatMap((callback) => callback.pairs);
  const heard = callbacks.flatMap(({ statuses }) => statuses);
  const wishes = await keptWishes(tx, callbacks);
  const people = await placeUsers(tx, account, pairs, heard, wishes);
  const told = [...people.waited, ...people.told];
  await beginMatching(tx, keysOf(told));
  const matched = await matchMessages(tx, account, told);
  const raised = matched.told.length > 0 ? await raiseStatuses(tx, matched.told) : [];
  const known = new Map([...matched.put, ...raised].map((message) => [message.messageId, message]));
  const learnt = await keepUnplaced(tx, account, people.told, known);
  const lost = await keepUnplacedWishes(tx, account, people.wishes);
  await takeWishes(tx, account, ctx.config.optOutThreshold, told, known, people.wishes);
  return { known, learnt, lost };
}

async function keptWishes(tx: Sql, callbacks: readonly Told[]): Promise<OptOutOfUser[]> {
  const wishes = callbacks.flatMap((callback) => callback.wishes);
  if (wishes.length === 0) return [];
  const now = await currentTime(tx);
  return wishes.map((wish) => optOutOf(wish, now));
}
