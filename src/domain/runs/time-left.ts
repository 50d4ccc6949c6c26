const minute = 60_000;
const hour = 60 * minute;

/** How much is done, how much isn't, and how long it took so far. */
type Pace = { done: number; left: number; inMs: number };

/** How long what is left takes at the pace so far, in words; `null`: nothing is left, or nothing tells the pace yet. */
export function timeLeftWords({ done, left, inMs }: Pace): string | null {
  if (done <= 0 || left <= 0 || inMs <= 0) return null;
  const ms = (left * inMs) / done;
  if (ms < minute) return 'less than a minute';
  const [value, unit] = ms < 90 * minute ? [Math.round(ms / minute), 'minute'] : [Math.round(ms / hour), 'hour'];
  return `about ${value.toLocaleString('en-US')} ${value === 1 ? unit : `${unit}s`}`;
}
