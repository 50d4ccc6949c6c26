import type { Context } from '../../context.js';
import type { HeardStatus } from '../../domain/statuses/callback.js';
import { clockDifferenceMs, longestDeliveryMs } from '../../domain/statuses/match-message.js';
import { placeNewMessages, type SentMessage } from '../../store/broadcast-logs.js';
import type { RaisedMessage } from '../../store/raise-statuses.js';

type Sent = SentMessage & { told: HeardStatus };

/**
 * Places messages of which is told that they were sent. That is mostly the first that is told of a message, and mostly its number was in one
 * broadcast lately: then a statement does it, without `matchMessages`, and to the same end.
 * @returns what it has taken, with the message that it is about; the others are still to be looked at
 */
export async function placeFirst(
  ctx: Context,
  account: string,
  told: readonly HeardStatus[],
): Promise<ReadonlyMap<HeardStatus, RaisedMessage>> {
  const sent = aloneWithNumber(told);
  if (sent.length === 0) return new Map();
  const times = { longestMs: longestDeliveryMs, differingMs: clockDifferenceMs };
  const placed = await placeNewMessages(ctx.db, account, sent, times);
  const messages = new Map(placed.map((message) => [message.messageId, message]));
  return new Map(
    sent.flatMap(({ told: status, messageId }) => {
      const message = messages.get(messageId);
      return message ? [[status, message]] : [];
    }),
  );
}

/** Messages that are alone with their number here, each once: of several the times decide, and `matchMessages` does. */
function aloneWithNumber(told: readonly HeardStatus[]): Sent[] {
  const messageOf = new Map<string, string>();
  const shared = new Set<string>();
  for (const { phoneNumber, messageId } of told) {
    if (phoneNumber === null) continue;
    if ((messageOf.get(phoneNumber) ?? messageId) === messageId) messageOf.set(phoneNumber, messageId);
    else shared.add(phoneNumber);
  }
  const sent = new Map<string, Sent>();
  for (const status of told) {
    const { messageId, phoneNumber, at } = status;
    if (status.status !== 'sent' || status.optedOut || phoneNumber === null || at === null) continue;
    if (!shared.has(phoneNumber) && !sent.has(messageId))
      sent.set(messageId, { messageId, phoneNumber, at, told: status });
  }
  return [...sent.values()];
}
