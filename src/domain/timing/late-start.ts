import { missedAfterMs } from '../campaigns/firing.js';
import { showInstant } from './show-instant.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const farMs = 366 * dayMs;

/** Whether it is too late for a start to count as kept: by more than five minutes. */
export function isMissed(startAt: Date, now: Date): boolean {
  return now.getTime() - startAt.getTime() > missedAfterMs;
}

/**
 * Why a new run must not ask for a start that was missed, or undefined: Qiscus would send at once, and a wrong year would
 * message everybody. @param timeZone whose clock the instants are shown by; default: the machine's.
 */
export function lateStartFault(startAt: Date, now: Date, timeZone?: string): string | undefined {
  if (!isMissed(startAt, now)) return undefined;
  const passed = `startAt is ${showInstant(startAt, timeZone)}, which passed ${span(now.getTime() - startAt.getTime())} ago`;
  return (
    `${passed}: it is ${showInstant(now, timeZone)} now. Write an instant ahead; leave startAt out to send at once; ` +
    'or, if it is meant to go out however late it is, add lateOk: true (--late-ok).'
  );
}

/** A start may be any time ahead, but plans for longer than a year are rare. */
export function farStartWarning(startAt: Date, now: Date, timeZone?: string): string | undefined {
  if (startAt.getTime() - now.getTime() <= farMs) return undefined;
  return `startAt is ${showInstant(startAt, timeZone)}, more than a year ahead: it is ${showInstant(now, timeZone)} now.`;
}

/** In days or hours once it is two of them, else in minutes. */
function span(ms: number): string {
  const [amount, unit] =
    ms >= 2 * dayMs
      ? [Math.floor(ms / dayMs), 'days']
      : ms >= 2 * 60 * minuteMs
        ? [Math.floor(ms / 60 / minuteMs), 'hours']
        : [Math.floor(ms / minuteMs), 'minutes'];
  return `${amount} ${unit}`;
}
