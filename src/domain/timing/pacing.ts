/** The first wait, and the longest one, in milliseconds. */
type Backoff = Readonly<{ firstMs: number; longestMs: number }>;

/** An account that fails is probed after a second, then half as often each time, at most once a minute. */
const probing: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/** A receiver of notices that fails may be away for hours. */
export const noticeBackoff: Backoff = { firstMs: 5_000, longestMs: 3_600_000 };

/**
 * How long to wait after so many failures in a row: twice as long each time.
 * @param random between 0 and 1; spreads the waits by a quarter either way, so that processes don't act in step.
 */
export function backoffMs(failures: number, random: number, { firstMs, longestMs }: Backoff = probing): number {
  const wait = Math.min(longestMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(wait * (0.75 + random / 2));
}

/**
 * What a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date (RFC 9110, section 10.2.3).
 * At most a day is believed.
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 86_400_000) : undefined;
}
