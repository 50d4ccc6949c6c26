import type { RunOutcome } from './run.js';

/** How a run ended, in words. What was handed over isn't delivered yet: that is told of each message, by callbacks. */
export const outcomeWords: Record<RunOutcome, string> = {
  failed: 'failed',
  needs_attention: 'needs attention',
  cancelled: 'cancelled',
  nobody: 'nobody was in it',
  refused: 'refused',
  partly_refused: 'partly refused',
  handed_over: 'handed over to Qiscus',
};

/**
 * A run that ended handed over and isn't messaged yet, or not all of it: what of it starts when, ISO 8601 in UTC. `undefined`: all
 * of it has started, or it ended otherwise.
 */
export function startsLater({
  outcome,
  startsAt = null,
  lastStartsAt = null,
}: {
  outcome: RunOutcome | null;
  startsAt?: string | null;
  lastStartsAt?: string | null;
}): { words: string; at: string } | undefined {
  if (outcome !== 'handed_over') return undefined;
  if (startsAt !== null) return { words: 'handed over, starts', at: startsAt };
  return lastStartsAt === null ? undefined : { words: 'handed over, the last of it starts', at: lastStartsAt };
}

/** Of a run that is whole and lacks an approval. */
export const waitsForApproval = 'waiting for approval';

/** Of a sealed run that waits for no instant. */
export function sealedWords(isHeld: boolean): string {
  return isHeld ? 'not all handed over yet' : 'being handed over';
}
