/** Recipients that start at an instant, in epoch milliseconds. */
export type Taken = { at: number; recipients: number };

/** At most so many recipients in any half-open stretch of `durationMs`. */
type RollingLimit = { recipients: number; durationMs: number };

/**
 * The least instant ≥ `from` at which `recipients` more may start without any stretch, whenever it begins, exceeding the
 * limit. A batch above the limit counts as the limit: it stands alone in its stretch.
 *
 * If the slots i to m fit into one stretch and leave no room, then every instant after `m.at - durationMs` and before
 * `i.at + durationMs` shares a stretch with all of them, so that it is shut. No other instant is.
 * @param taken ascending by `at`.
 */
export function leastWithinLimit(
  taken: readonly Taken[],
  limit: RollingLimit,
  recipients: number,
  from: number,
): number {
  const { durationMs } = limit;
  const room = limit.recipients - capped(recipients, limit);
  let at = from;
  let last = firstAfter(taken, from - durationMs);
  let sum = 0;
  for (let first = last; first < taken.length; first += 1) {
    // The fewest slots from `first` on that leave no room; those from the next `first` on reach at least as far.
    for (; last < taken.length && sum <= room; last += 1) sum += capped(recipientsAt(taken, last), limit);
    if (sum <= room || instantAt(taken, last - 1) - durationMs >= at) return at;
    const opensAgainAt = instantAt(taken, first) + durationMs;
    if (instantAt(taken, last - 1) < opensAgainAt && opensAgainAt > at) at = opensAgainAt;
    sum -= capped(recipientsAt(taken, first), limit);
  }
  return at;
}

/**
 * The least instant ≥ `from` that leaves every batch its share of the duration: a batch that comes after another one waits
 * `durationMs` × the batch's recipients ÷ the limit's, so that 2,000 an hour are 1,000 each half hour.
 * @param taken ascending by `at`.
 */
export function leastStaggered(taken: readonly Taken[], limit: RollingLimit, recipients: number, from: number): number {
  const ownShare = shareOf(recipients, limit);
  let at = from;
  for (let index = firstAfter(taken, from - limit.durationMs); index < taken.length; index += 1) {
    const start = instantAt(taken, index);
    if (start - ownShare >= at) return at;
    const opensAgainAt = start + shareOf(recipientsAt(taken, index), limit);
    if (opensAgainAt > at) at = opensAgainAt;
  }
  return at;
}

/** In whole milliseconds, rounded up. */
function shareOf(recipients: number, limit: RollingLimit): number {
  return Math.ceil((limit.durationMs * capped(recipients, limit)) / limit.recipients);
}

function capped(recipients: number, limit: RollingLimit): number {
  return recipients < limit.recipients ? recipients : limit.recipients;
}

/** The index of the first slot after an instant; that of the end if there is none. */
export function firstAfter(taken: readonly Taken[], at: number): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (instantAt(taken, middle) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function instantAt(taken: readonly Taken[], index: number): number {
  return taken[index]?.at ?? 0;
}

function recipientsAt(taken: readonly Taken[], index: number): number {
  return taken[index]?.recipients ?? 0;
}
