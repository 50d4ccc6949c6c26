import type { RetryOutcome, StoredRetry } from '../../store/retries.js';
import type { RunRow } from '../../store/runs.js';

/** What becomes of the next turn of a run that asks to be sent again by itself. */
export type RetryView = {
  /** How many turns of its family were taken before it; 0: none. */
  turn: number;
  /** When workers look next whether its turn has come, ISO 8601 in UTC; `null`: not before something else happens, or never. */
  at: string | null;
  /** `sent_again`: as the run `runId`. `nobody`: nobody was to be sent to again. `stopped`: for `reason`. `null`: that isn't decided, or all turns are used up. */
  outcome: RetryOutcome | null;
  /** What it waits for, or why it was stopped. */
  reason: string | null;
  /** The run that the turn has made, from its beginning on. */
  runId: string | null;
};

/** `null`: it doesn't ask for it. */
export function viewRetry({ retryAfterFailure }: RunRow, retry: StoredRetry | undefined): RetryView | null {
  if (!retryAfterFailure || !retry) return null;
  const { turn, outcome, runId } = retry;
  if (outcome !== null) return { turn, at: null, outcome, reason: retry.reason, runId };
  if (turn >= retryAfterFailure.times) return { turn, at: null, outcome, reason: 'all times are used up', runId };
  const waits = retry.isPaused ? 'the run is paused' : retry.isEnded ? null : 'the run has not ended';
  if (waits !== null) return { turn, at: null, outcome, reason: waits, runId };
  return { turn, at: retry.at?.toISOString() ?? null, outcome, reason: retry.reason, runId };
}
