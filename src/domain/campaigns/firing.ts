import {
  type FiringSchedule,
  latestOccurrences,
  latestSkipped,
  occurrences,
  type SkippedFiring,
  whySkipped,
} from '../schedules/schedule.js';

export const catchUps = ['skip', 'latest', 'all'] as const;

/** Which firings that were missed while no worker ran are fired late: none (`skip`), the newest (`latest`), or `all`. */
export type CatchUp = (typeof catchUps)[number];

export function isCatchUp(text: string): text is CatchUp {
  return (catchUps as readonly string[]).includes(text);
}

export type FiringPlan = {
  schedule: FiringSchedule;
  /** How long before its instant a firing is decided, so that its run is ready in time. */
  prepareAheadMs: number;
  catchUp: CatchUp;
  /** Every instant up to this one, itself included, has been fired or skipped. */
  decidedUntil: Date;
};

/** What to store in one transaction: the firings, what was skipped, and how far that decides. All lists ascend. */
type FiringDecision = {
  /** At most `mostAtOnce`. */
  fire: Date[];
  /** At most `mostAtOnce`, the newest. */
  skipped: Date[];
  /** More were skipped than `skipped` names; they are older. */
  skippedMore: boolean;
  /** Why nothing is made up for: the date of `now` is a skipped one; `null`: it isn't. */
  skippedToday: string | null;
  /** What falls on skipped dates: at most `mostAtOnce`, the newest, one for each date. */
  onSkippedDates: SkippedFiring[];
  /** More is due already: store this, then decide again with the new `decidedUntil`. */
  more: boolean;
  decidedUntil: Date;
};

/** A firing is missed if no worker decided it within this time after its instant. */
export const missedAfterMs = 300_000;

export const mostAtOnce = 100;

/**
 * Decides every instant that lies no more than `prepareAheadMs` ahead of `now` and was not decided before. The work doesn't grow with the
 * time that was missed. A clock that was put back, or a shorter `prepareAheadMs`, decides nothing until `decidedUntil` is reached again.
 */
export function dueFirings(plan: FiringPlan, now: Date): FiringDecision {
  // What is made up for would message people today.
  const skippedToday = whySkipped(plan.schedule, now);
  const decided = decideDue(skippedToday === null ? plan : { ...plan, catchUp: 'skip' }, now);
  const onSkippedDates = latestSkipped(plan.schedule, plan.decidedUntil, decided.decidedUntil, mostAtOnce);
  return { ...decided, skippedToday, onSkippedDates };
}

function decideDue(plan: FiringPlan, now: Date): Omit<FiringDecision, 'skippedToday' | 'onSkippedDates'> {
  const { schedule, catchUp, decidedUntil } = plan;
  const dueUntil = new Date(now.getTime() + plan.prepareAheadMs);
  if (dueUntil <= decidedUntil) return { ...fireFirst([], decidedUntil), skipped: [], skippedMore: false };
  const firstDue = (after: Date) => fireFirst(occurrences(schedule, after, dueUntil, mostAtOnce + 1), dueUntil);
  if (catchUp === 'all') return { ...firstDue(decidedUntil), skipped: [], skippedMore: false };

  // An instant is missed when it is earlier than now by more than missedAfterMs, so this is the last that can be.
  const missedUntil = new Date(Math.max(now.getTime() - missedAfterMs - 1, decidedUntil.getTime()));
  const onTime = firstDue(missedUntil);
  const missed = latestOccurrences(schedule, decidedUntil, missedUntil, mostAtOnce + 2);
  const caughtUp = catchUp === 'latest' && onTime.fire.length === 0 ? missed.splice(-1) : [];
  return {
    ...onTime,
    fire: [...caughtUp, ...onTime.fire],
    skipped: missed.slice(-mostAtOnce),
    skippedMore: missed.length > mostAtOnce,
  };
}

/** Fires the first `mostAtOnce` of what is due, and decides no further than that if there is more. */
function fireFirst(due: Date[], dueUntil: Date): Pick<FiringDecision, 'fire' | 'more' | 'decidedUntil'> {
  const fire = due.slice(0, mostAtOnce);
  const last = due.length > mostAtOnce ? fire.at(-1) : undefined;
  return { fire, more: last !== undefined, decidedUntil: last ?? dueUntil };
}
