import type { Delivery, Limit } from '../delivery/delivery.js';
import { firstAfter, leastStaggered, leastWithinLimit, type Taken } from './rolling-limit.js';
import { compileSendingWindow } from './sending-window.js';

export type { Taken };

/** What starts already, in the past or the future, each ascending by `at`: of the run, and of all runs of its portfolio. */
export type TakenSlots = { run: readonly Taken[]; portfolio: readonly Taken[] };

/** When a batch starts, and what kept it from starting when it was wanted; null if nothing did. */
export type StartSlot = { at: Date; movedBy: Limit | null };

/** The least instant ≥ `from`, both in epoch milliseconds, that one limit allows for a batch of so many recipients. */
type Constraint = { limit: Limit; leastFrom: (taken: TakenSlots, recipients: number, from: number) => number };

const dayMs = 86_400_000;

/** How far a search has come, in epoch milliseconds, and by how much each limit has moved it. */
type Search = { at: number; pushes: ReadonlyMap<Limit, number> };

/**
 * The least instant ≥ `wanted` at which a batch may start: inside the window, at the run's pace, and within the daily
 * limit of the portfolio in every 24 hours, whenever they begin. A batch above a limit starts with nothing else near it.
 */
export function findSlot(delivery: Delivery, taken: TakenSlots, wanted: Date, recipients: number): StartSlot {
  return slotOf(searchFrom(startOf(wanted), constraintsOf(delivery), taken, recipients));
}

/**
 * The instants that `findSlot` gives for `sizes`, each taken before the next is looked for. A small batch may find one
 * before those of larger ones. What moved the batches before it counts as having moved a batch too.
 */
export function planSlots(delivery: Delivery, taken: TakenSlots, wanted: Date, sizes: Iterable<number>): StartSlot[] {
  const constraints = constraintsOf(delivery);
  const run = [...taken.run];
  const portfolio = [...taken.portfolio];
  const found = new Map<number, Search>();
  return Array.from(sizes, (recipients) => {
    // Where a batch that is no larger found no slot, there is none now either: a plan isn't searched from its beginning.
    const start = [...found].reduce(
      (latest, [size, search]) => (size <= recipients && search.at > latest.at ? search : latest),
      startOf(wanted),
    );
    const search = searchFrom(start, constraints, { run, portfolio }, recipients);
    found.set(recipients, search);
    for (const starts of [run, portfolio])
      starts.splice(firstAfter(starts, search.at), 0, { at: search.at, recipients });
    return slotOf(search);
  });
}

function constraintsOf({ window, pace, dailyLimit }: Delivery): Constraint[] {
  const constraints: Constraint[] = [];
  if (window) {
    const nextOpening = compileSendingWindow(window);
    constraints.push({ limit: 'window', leastFrom: (_taken, _recipients, from) => nextOpening(from) });
  }
  if (pace) {
    const leastFrom: Constraint['leastFrom'] = ({ run }, size, from) => leastStaggered(run, pace, size, from);
    constraints.push({ limit: 'pace', leastFrom });
    // Staggered batches whose sizes don't divide the pace may still be too many.
    constraints.push({ limit: 'pace', leastFrom: ({ run }, size, from) => leastWithinLimit(run, pace, size, from) });
  }
  if (dailyLimit !== null) {
    const daily = { recipients: dailyLimit, durationMs: dayMs };
    const leastFrom: Constraint['leastFrom'] = ({ portfolio }, size, from) =>
      leastWithinLimit(portfolio, daily, size, from);
    constraints.push({ limit: 'dailyLimit', leastFrom });
  }
  return constraints;
}

/** No constraint passes over an instant that it allows, so that what they agree on at last is the least that all allow. */
function searchFrom(start: Search, constraints: readonly Constraint[], taken: TakenSlots, recipients: number): Search {
  const pushes = new Map(start.pushes);
  let at = start.at;
  for (let before = Number.NaN; at !== before; ) {
    before = at;
    for (const { limit, leastFrom } of constraints) {
      const least = Math.ceil(leastFrom(taken, recipients, at));
      if (least > at) pushes.set(limit, (pushes.get(limit) ?? 0) + least - at);
      at = least;
    }
  }
  return { at, pushes };
}

function startOf(wanted: Date): Search {
  return { at: wanted.getTime(), pushes: new Map() };
}

function slotOf({ at, pushes }: Search): StartSlot {
  let movedBy: Limit | null = null;
  for (const [limit, push] of pushes) {
    if (movedBy === null || push > (pushes.get(movedBy) ?? 0)) movedBy = limit;
  }
  return { at: new Date(at), movedBy };
}
