import { show, whole } from '../delivery/delivery.js';
import { formatDuration, parseDuration } from '../timing/duration.js';
import { heldBackCode, heldBackMs, stoppedCode } from './resend.js';

/** To whom a run is sent again by itself, as a caller writes it. */
export type RetryAfterFailureRequest = {
  /** WhatsApp's codes: only those whose message failed with one of them. */
  codes: readonly number[];
  /** How long after the run's last start, such as `24h`. */
  after: string;
  /** At most how many times, each time those whose message failed once more. */
  times: number;
};

/** To whom a run is sent again by itself, and when. */
export type RetryAfterFailure = {
  /** WhatsApp's codes, in their order. */
  codes: readonly number[];
  /** How long after the run's last start, in milliseconds. */
  afterMs: number;
  /** At most how many times. */
  times: number;
};

const mostCodes = 50;
const mostTimes = 10;
/** Callbacks take their time, and a second message is worse than a late one. */
const leastAfterMs = 3_600_000;
const longestAfterMs = 30 * 86_400_000;
const parts = ['codes', 'after', 'times'];

/** Reads what was asked for; `faults` is a sentence for each part that is wrong, with what would be right. */
export function readRetryAfterFailure(given: unknown): { retry: RetryAfterFailure | null; faults: string[] } {
  if (given === undefined) return { retry: null, faults: [] };
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return {
      retry: null,
      faults: [
        `retryAfterFailure is ${show(given)}; write its codes, after and times, such as {codes: [131026], after: '24h', times: 2}.`,
      ],
    };
  const { codes, after, times } = given as Record<string, unknown>;
  const faults = Object.keys(given)
    .filter((part) => !parts.includes(part))
    .map((part) => `retryAfterFailure has ${show(part)}; it has ${parts.join(', ')} and nothing else.`);
  const known = readCodes(codes);
  if (known === undefined)
    faults.push(
      `retryAfterFailure.codes is ${showCodes(codes)}; write 1 to ${mostCodes} of WhatsApp's codes, such as [131026, 131053].`,
    );
  if (known?.includes(stoppedCode))
    faults.push(
      `retryAfterFailure.codes has ${stoppedCode}: they stopped marketing messages, and are never sent to again.`,
    );
  const afterMs = typeof after === 'string' ? (parseDuration(after) ?? Number.NaN) : Number.NaN;
  if (!(afterMs >= leastAfterMs && afterMs <= longestAfterMs))
    faults.push(
      `retryAfterFailure.after is ${show(after)}; write a duration from ${formatDuration(leastAfterMs)} to ${formatDuration(longestAfterMs)}, such as 24h.`,
    );
  else if (known?.includes(heldBackCode) && afterMs < heldBackMs)
    faults.push(
      `retryAfterFailure.after is ${show(after)}; with the code ${heldBackCode} write 24h or more, as WhatsApp holds these back.`,
    );
  const most = whole(1, mostTimes)(times);
  if (most === undefined)
    faults.push(`retryAfterFailure.times is ${show(times)}; write a whole number from 1 to ${mostTimes}, such as 2.`);
  if (faults.length > 0 || known === undefined || most === undefined) return { retry: null, faults };
  return { retry: { codes: known, afterMs, times: most }, faults };
}

/** In their order, each once; `undefined`: they aren't codes. */
function readCodes(codes: unknown): readonly number[] | undefined {
  if (!Array.isArray(codes) || codes.length === 0 || codes.length > mostCodes) return undefined;
  const known = codes.map(whole(1, 999_999));
  if (known.includes(undefined)) return undefined;
  return [...new Set(known as number[])].sort((a, b) => a - b);
}

/** Codes as a caller has given them, in a message. */
export function showCodes(codes: unknown): string {
  return Array.isArray(codes) && codes.length <= mostCodes ? `[${codes.map(show).join(', ')}]` : show(codes);
}

/** As a caller would write it. */
export function retryRequestOf({ codes, afterMs, times }: RetryAfterFailure): RetryAfterFailureRequest {
  return { codes, after: formatDuration(afterMs), times };
}

/** Reads `131026,131053/24h/2`: codes, after, times. `undefined`: it isn't written like that; what is in it is judged later. */
export function readRetryText(text: string): RetryAfterFailureRequest | undefined {
  const [, codes = '', after = '', times] =
    /^\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*\/\s*(\w+)\s*\/\s*(\d{1,9})\s*$/.exec(text) ?? [];
  return times === undefined ? undefined : { codes: codes.split(',').map(Number), after, times: Number(times) };
}

/** As `readRetryText` reads it. */
export function formatRetryText({ codes, afterMs, times }: RetryAfterFailure): string {
  return `${codes.join(',')}/${formatDuration(afterMs)}/${times}`;
}

/** In words. */
export function describeRetryAfterFailure({ codes, afterMs, times }: RetryAfterFailure): string {
  const often = times === 1 ? 'once' : `up to ${times} times`;
  return `those who failed with ${codes.join(', ')}, ${formatDuration(afterMs)} after the last start, ${often}`;
}

/** Reads what was stored as JSON, in whatever order its keys are. @throws {Error} when it can't have been stored. */
export function parseRetryAfterFailure(json: unknown): RetryAfterFailure | null {
  if (json === null || json === undefined) return null;
  const { codes, afterMs, times } = json as Record<string, unknown>;
  const known = readCodes(codes);
  if (known === undefined || typeof afterMs !== 'number' || typeof times !== 'number')
    throw new Error(`The stored retryAfterFailure can not be read: ${JSON.stringify(json).slice(0, 200)}.`);
  return { codes: known, afterMs, times };
}
