import type { Context } from '../../context.js';
import type { ToldStatus } from '../../domain/statuses/callback.js';
import { lockMessages, type RaisedMessage, raiseStatuses } from '../../store/broadcast-logs.js';
import type { Sql } from '../../store/database.js';
import { addSuppressions, optOutReason } from '../../store/suppressions.js';
import { matchMessages } from './match-messages.js';

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
  callbacks: readonly (readonly ToldStatus[])[],
): Promise<CallbackCounts[]> {
  const known = await ctx.db.$transaction((tx) => receive(tx, account, callbacks.flat()));
  const changed = new Set([...known.values()].filter((message) => message.changed).map(({ messageId }) => messageId));
  return callbacks.map((told) => {
    const unknown = told.filter(({ messageId }) => !known.has(messageId)).length;
    // A message that several tell of has come further once.
    const updated = told.filter(({ messageId }) => changed.delete(messageId)).length;
    return { updated, ignored: told.length - unknown - updated, unknown };
  });
}

async function receive(
  tx: Sql,
  account: string,
  told: readonly ToldStatus[],
): Promise<ReadonlyMap<string, RaisedMessage>> {
  await lockMessages(
    tx,
    told.flatMap(({ messageId, phoneNumber }) => [messageId, ...(phoneNumber === null ? [] : [phoneNumber])]),
  );
  const ofAccount = await matchMessages(tx, account, told);
  const raised = await raiseStatuses(tx, ofAccount);
  const known = new Map(raised.map((message) => [message.messageId, message]));
  await suppressOptedOut(tx, ofAccount, known);
  return known;
}

/** Recipients who opted out are put on the suppression list. */
async function suppressOptedOut(
  tx: Sql,
  told: readonly ToldStatus[],
  known: ReadonlyMap<string, RaisedMessage>,
): Promise<void> {
  const numbers = told
    .filter(({ messageId, optedOut }) => optedOut && known.has(messageId))
    .flatMap(({ messageId, phoneNumber }) => known.get(messageId)?.phoneNumber ?? phoneNumber ?? []);
  await addSuppressions(
    tx,
    [...new Set(numbers)].map((phoneNumber) => ({ phoneNumber, reason: optOutReason, source: 'opt_out' })),
  );
}
