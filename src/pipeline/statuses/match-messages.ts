import type { ToldStatus } from '../../domain/statuses/callback.js';
import { longestDeliveryMs, type Matched, matchByTime, type SeenMessage } from '../../domain/statuses/match-message.js';
import type { DeliveryStatus } from '../../domain/statuses/message-state.js';
import {
  type BroadcastOfNumber,
  countAlone,
  findBroadcasts,
  findMessages,
  type KnownMessage,
  type MatchedMessage,
  putMessages,
  takeMessagesAway,
} from '../../store/broadcast-logs.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type RaisedMessage, raiseStatuses, type Told } from '../../store/raise-statuses.js';

type SeenOfNumber = SeenMessage & { phoneNumber: string };
type KnownMessages = ReadonlyMap<string, KnownMessage>;

/** A message that is taken from one log to another, with what is known of it. */
type Move = { fromLogId: bigint; known: readonly Told[] };

/**
 * Finds the batch of each message that isn't known yet, by its number and the time, since the answer to a broadcast names no
 * messages. One that was found so, and turns out to have been on its way earlier, is looked for again.
 * @returns what is still to be told of messages that have a log, none of which is known to be another account's; and messages that
 * have a new one, on which it stands already
 */
export async function matchMessages(
  tx: Sql,
  account: string,
  allTold: readonly ToldStatus[],
): Promise<{ told: readonly ToldStatus[]; put: readonly RaisedMessage[] }> {
  const messageIds = [...new Set(allTold.map(({ messageId }) => messageId))];
  const known = new Map((await findMessages(tx, messageIds)).map((message) => [message.messageId, message]));
  const told = allTold.filter(({ messageId }) => (known.get(messageId)?.account ?? account) === account);
  const seen = await toBeMatched(tx, told, known);
  if (seen.length === 0) return { told, put: [] };
  const broadcasts = byNumber(await findBroadcasts(tx, account, timesOf(seen)));
  const moves: Move[] = [];
  const puts: MatchedMessage[] = [];
  for (const [phoneNumber, messages] of byNumber(seen)) {
    const toldIds = new Set(messages.map(({ messageId }) => messageId));
    for (const matched of matchByTime(messages, broadcasts.get(phoneNumber) ?? [])) {
      const stays = matched.broadcast.holder?.messageId === matched.messageId;
      if (stays && !toldIds.has(matched.messageId)) continue;
      if (!stays) moves.push(...moveOf(matched, known, broadcasts.get(phoneNumber) ?? []));
      puts.push(putOf(phoneNumber, matched, stays));
    }
  }
  await takeMessagesAway(
    tx,
    moves.map(({ fromLogId }) => fromLogId),
  );
  const moved = moves.flatMap(({ known }) => known);
  const hasMoved = new Set(moved.map(({ messageId }) => messageId));
  const isNew = new Set(
    puts.flatMap(({ messageId, logId }) => (logId === null && !hasMoved.has(messageId) ? [messageId] : [])),
  );
  const isPut = new Set(puts.map(({ messageId }) => messageId));
  const isRaised = ({ messageId }: Told) => !isNew.has(messageId) && (known.has(messageId) || isPut.has(messageId));
  if (moves.length === 0 && isPut.size > 0 && told.some(isRaised)) await countAlone(tx);
  const put = await putMessages(
    tx,
    puts,
    told.filter(({ messageId }) => isNew.has(messageId)),
  );
  if (moved.length > 0) await raiseStatuses(tx, moved);
  return { told: told.filter(({ messageId }) => !isNew.has(messageId)), put };
}

/** Messages without a batch, and those whose batch was inferred from something that happened later. */
async function toBeMatched(tx: Sql, told: readonly ToldStatus[], known: KnownMessages): Promise<SeenOfNumber[]> {
  const seen: SeenOfNumber[] = [];
  let now: Date | undefined;
  for (const { messageId, at, phoneNumber } of told) {
    const log = known.get(messageId);
    if (log) {
      const isEarlier = at !== null && log.firstAt !== null && at < log.firstAt;
      if (isEarlier && log.phoneNumber !== null) seen.push({ messageId, firstAt: at, phoneNumber: log.phoneNumber });
    } else if (phoneNumber !== null) {
      if (at === null) now ??= await currentTime(tx);
      seen.push({ messageId, firstAt: at ?? now ?? new Date(), phoneNumber });
    }
  }
  return seen;
}

/** Also broadcasts that began later: their messages may have to make room. */
function timesOf(seen: readonly SeenOfNumber[]) {
  return [...byNumber(seen)].map(([phoneNumber, messages]) => {
    const times = messages.map(({ firstAt }) => firstAt.getTime());
    const from = new Date(Math.min(...times) - longestDeliveryMs);
    return { phoneNumber, from, to: new Date(Math.max(...times) + longestDeliveryMs) };
  });
}

function moveOf({ messageId }: SeenMessage, known: KnownMessages, broadcasts: readonly BroadcastOfNumber[]): Move[] {
  const log = known.get(messageId) ?? broadcasts.find(({ holder }) => holder?.messageId === messageId)?.log;
  if (!log) return [];
  const { logId: fromLogId, status, at, hasFailed, failedAt, code, notes } = log;
  const reached: Told = { messageId, status: status as DeliveryStatus, at, notes: null, code: null };
  const failure: Told = { messageId, status: 'failed', at: failedAt, notes, code };
  return [{ fromLogId, known: hasFailed ? [reached, failure] : [reached] }];
}

/** A log that only a message made goes with it; one that the provider's answer made stays where it is. */
function putOf(phoneNumber: string, matched: Matched<BroadcastOfNumber>, stays: boolean): MatchedMessage {
  const { messageId, firstAt, broadcast } = matched;
  const { batchId, send, log, holder } = broadcast;
  const isThere = log !== null && (stays || log.isProviders || holder === null);
  return { messageId, phoneNumber, batchId, send, logId: isThere ? log.logId : null, firstAt };
}

function byNumber<T extends { phoneNumber: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.phoneNumber);
    if (group) group.push(item);
    else groups.set(item.phoneNumber, [item]);
  }
  return groups;
}
