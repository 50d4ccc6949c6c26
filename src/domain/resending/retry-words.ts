import type { RetryAfterFailure } from './retry-after-failure.js';

/** How a turn stands, as far as words for it are needed. */
type Standing = {
  at: string | null;
  outcome: 'sent_again' | 'nobody' | 'stopped' | null;
  reason: string | null;
  runId: string | null;
};

/** What becomes of the next turn of a run, in words. @param show an instant. */
export function retryWords({ at, outcome, reason, runId }: Standing, show: (instant: string) => string): string {
  if (outcome === 'sent_again') return `done, as run ${runId}`;
  if (outcome === 'nobody') return 'done: nobody was to be sent to again';
  if (outcome === 'stopped') return `stopped: ${reason}`;
  if (runId !== null) return `being done, as run ${runId}`;
  return [...(at === null ? [] : [`next at ${show(at)}`]), ...(reason === null ? [] : [reason])].join('; ');
}

/** Whether a run may still be sent again by itself, and nothing was made of it yet. */
export function waitsForTurn({
  retryAfterFailure,
  retry,
}: {
  retryAfterFailure: RetryAfterFailure | null;
  retry: (Standing & { turn: number }) | null;
}): boolean {
  return (
    retryAfterFailure !== null &&
    retry?.outcome === null &&
    retry.runId === null &&
    retry.turn < retryAfterFailure.times
  );
}
