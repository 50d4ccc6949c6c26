import { dueFirings, type FiringPlan } from '../../../src/domain/campaigns/firing.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const prepareAheadMs = 30 * MINUTE;

type Fired = { at: Date; by: Date };

/** Calls `dueFirings` at each of `nows`, again while there is more, and keeps `decidedUntil` as a caller would. */
export function fireAt(plan: FiringPlan, nows: Iterable<Date>): { fired: Fired[]; skipped: Date[]; plan: FiringPlan } {
  const fired: Fired[] = [];
  const skipped: Date[] = [];
  let { decidedUntil } = plan;
  for (const now of nows) {
    let more = true;
    while (more) {
      const decision = dueFirings({ ...plan, decidedUntil }, now);
      fired.push(...decision.fire.map((at) => ({ at, by: now })));
      skipped.push(...decision.skipped);
      decidedUntil = decision.decidedUntil;
      more = decision.more;
    }
  }
  return { fired, skipped, plan: { ...plan, decidedUntil } };
}

export const isoOf = (dates: Date[]) => dates.map((date) => date.toISOString().replace(':00.000Z', 'Z'));
export const later = (date: Date | string, ms: number) => new Date(new Date(date).getTime() + ms);
