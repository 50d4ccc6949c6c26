/** A message to one number, and the earliest instant at which it is known to have been on its way. */
export type SeenMessage = { messageId: string; firstAt: Date };

/** A broadcast that the number was in. `holder` is the message that is taken for its one. */
export type Broadcast = { batchId: string; beganAt: Date; holder: SeenMessage | null };

export type Matched<B extends Broadcast> = SeenMessage & { broadcast: B };

/** Statuses that come later than this after a broadcast are not matched to it. */
export const longestDeliveryMs = 72 * 3_600_000;

/** The provider's clock and ours are never quite the same. */
export const clockDifferenceMs = 5 * 60_000;

/** But they are hardly ever minutes apart: a broadcast that began after the message is as likely as one so many times as long before. */
const timesLessLikely = 10;

/**
 * Tells which broadcast each message of a number belongs to, by time alone: in the order in which the messages were on their
 * way, each to the nearest broadcast that isn't taken, which is the latest that had begun unless the clocks differ. The outcome doesn't depend on the order in which they are
 * told: what is told late may move others. But a message that has a broadcast never loses it without getting another one.
 * @param told messages of which something is told now; holders may be among them.
 */
export function matchByTime<B extends Broadcast>(told: readonly SeenMessage[], broadcasts: readonly B[]): Matched<B>[] {
  const holders = broadcasts.flatMap(({ holder }) => holder ?? []);
  const all = matchOnce([...holders, ...told], broadcasts);
  const matched = new Set(all.map(({ messageId }) => messageId));
  if (holders.every(({ messageId }) => matched.has(messageId))) return all;
  const held = new Set(holders.map(({ messageId }) => messageId));
  return matchOnce(
    told.filter(({ messageId }) => !held.has(messageId)),
    broadcasts.filter(({ holder }) => holder === null),
  );
}

function matchOnce<B extends Broadcast>(messages: readonly SeenMessage[], broadcasts: readonly B[]): Matched<B>[] {
  const free = [...broadcasts].sort((a, b) => +b.beganAt - +a.beganAt || compare(b.batchId, a.batchId));
  const matched: Matched<B>[] = [];
  for (const message of earliestOfEach(messages)) {
    const broadcast = nearest(
      message,
      free.filter((each) => mayBeOf(message, each)),
    );
    if (!broadcast) continue;
    free.splice(free.indexOf(broadcast), 1);
    matched.push({ ...message, broadcast });
  }
  return matched;
}

/** Statuses tell whole seconds: their messages were on their way up to a second later. */
const wholeSecondMs = 1_000;

/** Of several as near, the first one. */
function nearest<B extends Broadcast>({ firstAt }: SeenMessage, broadcasts: readonly B[]): B | undefined {
  const distance = ({ beganAt }: Broadcast) => {
    const sinceMs = +firstAt - +beganAt;
    return sinceMs < 0 ? Math.max(0, -sinceMs - wholeSecondMs) * timesLessLikely : sinceMs;
  };
  return broadcasts.reduce<B | undefined>(
    (best, each) => (best && distance(best) <= distance(each) ? best : each),
    undefined,
  );
}

/** Whether a message may be that of a broadcast, as far as the time tells. */
export function mayBeOf({ firstAt }: Pick<SeenMessage, 'firstAt'>, { beganAt }: Pick<Broadcast, 'beganAt'>): boolean {
  const sinceMs = firstAt.getTime() - beganAt.getTime();
  return sinceMs <= longestDeliveryMs && sinceMs >= -clockDifferenceMs;
}

/** Each message once, in the order in which they were on their way. */
function earliestOfEach(messages: readonly SeenMessage[]): SeenMessage[] {
  const earliest = new Map<string, SeenMessage>();
  for (const { messageId, firstAt } of messages) {
    const known = earliest.get(messageId);
    if (!known || firstAt < known.firstAt) earliest.set(messageId, { messageId, firstAt });
  }
  return [...earliest.values()].sort((a, b) => +a.firstAt - +b.firstAt || compare(a.messageId, b.messageId));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
