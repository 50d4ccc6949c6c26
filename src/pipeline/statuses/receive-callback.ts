import type { Context } from '../../context.js';
import type { HeardStatus } from '../../domain/statuses/callback.js';
import type { Wish } from '../../domain/statuses/opt-outs.js';
import type { UserPair } from '../../domain/statuses/user-ids.js';
import { beginMatching, type RaisedMessage, raiseStatuses } from '../../store/broadcast-logs.js';
import { type RawSql, transactDirectly } from '../../store/direct.js';
import { recordOptOuts } from '../../store/opt-outs.js';
import { matchMessages } from './match-messages.js';
import { keepUnplaced, placeUsers } from './place-users.js';
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
 * isn't known yet is looked for by its number and the time; what can't be found changes nothing. One transaction takes all, or none.
 * @returns what became of each callback's statuses
 */
export async function receiveStatuses(
  ctx: Context,
  account: string,
  callbacks: readonly Told[],
): Promise<CallbackCounts[]> {
  const known = await transactDirectly(ctx.db, (tx) => receive(tx, account, callbacks));
  const changed = new Set([...known.values()].filter((message) => message.changed).map(({ messageId }) => messageId));
  return callbacks.map(({ statuses: told }) => {
    const unknown = told.filter(({ messageId }) => !known.has(messageId)).length;
    // A message that several tell of has come further once.
    const updated = told.filter(({ messageId }) => changed.delete(messageId)).length;
    return { updated, ignored: told.length - unknown - updated, unknown };
  });
}

async function receive(
  tx: RawSql,
  account: string,
  callbacks: readonly Told[],
): Promise<ReadonlyMap<string, RaisedMessage>> {
  const pairs = callbacks.flatMap((callback) => callback.pairs);
  const heard = callbacks.flatMap(({ statuses }) => statuses);
  const wishes = callbacks.flatMap((callback) => callback.wishes);
  const { told: own, waited } = await placeUsers(tx, account, pairs, heard, wishes);
  const told = [...waited, ...own];
  await beginMatching(
    tx,
    told.flatMap(({ messageId, phoneNumber }) => [messageId, ...(phoneNumber === null ? [] : [phoneNumber])]),
  );
  const ofAccount = await matchMessages(tx, account, told);
  const raised = await raiseStatuses(tx, ofAccount);
  const known = new Map(raised.map((message) => [message.messageId, message]));
  await suppressOptedOut(tx, account, ofAccount, known);
  await keepUnplaced(tx, account, own, known);
  await takeWishes(tx, account, wishes);
  return known;
}

/** Recipients who opted out are put on the suppression list. */
async function suppressOptedOut(
  tx: RawSql,
  account: string,
  told: readonly Pick<HeardStatus, 'messageId' | 'phoneNumber' | 'optedOut'>[],
  known: ReadonlyMap<string, RaisedMessage>,
): Promise<void> {
  const optOuts = told
    .filter(({ messageId, optedOut }) => optedOut && known.has(messageId))
    .flatMap(({ messageId, phoneNumber }) => {
      const number = known.get(messageId)?.phoneNumber ?? phoneNumber;
      return number === null ? [] : [{ phoneNumber: number, kind: 'status' as const, reference: messageId }];
    });
  const once = new Map(optOuts.map((optOut) => [optOut.reference, optOut]));
  await recordOptOuts(tx, account, [...once.values()]);
}
