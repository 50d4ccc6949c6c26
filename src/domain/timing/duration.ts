const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && Object.hasOwn(UNITS, text);
}

/** `500ms`, `3s`, `30m`, `2h`, `1d` in milliseconds; undefined for anything else, such as the number of a caller without types. */
export function parseDuration(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const [, amount, unit] = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  if (!isUnit(unit)) return undefined;
  const ms = Number(amount) * UNITS[unit];
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** A timer of Node can be set to little more. */
const longestWaitMs = 24 * UNITS.d;

/** What would be right in the place of a wait that is none. */
export const waitForm = 'write a duration such as 30s, and 24d at most';

/** How long a call waits for what comes of it, in milliseconds; `undefined`: it isn't said. */
export function readWait(text: unknown): number | undefined {
  const ms = parseDuration(text);
  return ms !== undefined && ms <= longestWaitMs ? ms : undefined;
}

/** Milliseconds in the largest unit that divides them, so that `parseDuration` gives the same number back. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms);
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (whole !== 0 && whole % UNITS[unit] === 0) return `${whole / UNITS[unit]}${unit}`;
  }
  return `${whole}ms`;
}
