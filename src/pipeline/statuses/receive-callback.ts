import type { Context } from '../../context.js';
import type { ToldStatus } from '../../domain/statuses/callback.js';
import { lockMessages, type RaisedMessage, raiseStatuses } from '../../store/broadcast-logs.js';
import type { Sql } from '../../store/database.js';
import { addSuppressions, optOutReason } from '../../store/suppressions.js';
import { matchMessages } from './match-messages.js';

/** So many are written in one statement. */
const statusesATime = 1_000;

/**
 * What became of the statuses of a callback: `updated` counts messages that have come further, `ignored` what is known already
 * or says nothing, `unknown` what belongs to no message of ours.
 */
export type CallbackCounts = { updated: number; ignored: number; unknown: number };

/**
 * Takes what a callback tells of an account's messages, in any order and as often as it comes: the end is the same. A message that isn't
 * known yet is looked for by its number and the time; what can't be found changes nothing.
 */
export async function receiveCallback(
  ctx: Context,
  account: string,
  statuses: readonly ToldStatus[],
): Promise<CallbackCounts> {
  const counts: CallbackCounts = { updated: 0, ignored: 0, unknown: 0 };
  for (let from = 0; from < statuses.length; from += statusesATime) {
    const told = statuses.slice(from, from + statusesATime);
    const known = await ctx.db.$transaction((tx) => receive(tx, account, told));
    const unknown = told.filter(({ messageId }) => !known.has(messageId)).length;
    const updated = [...known.values()].filter(({ changed }) => changed).length;
    counts.unknown += unknown;
    counts.updated += updated;
    counts.ignored += told.length - unknown - updated;
  }
  return counts;
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
