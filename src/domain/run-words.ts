import type { RunOutcome } from './run.js';

/** How a run ended, in words. What was handed over isn't delivered yet: that is told of each message, by call-backs. */
export const outcomeWords: Record<RunOutcome, string> = {
  failed: 'failed',
  needs_attention: 'needs attention',
  cancelled: 'cancelled',
  nobody: 'nobody was in it',
  refused: 'refused',
  partly_refused: 'partly refused',
  handed_over: 'handed over to Qiscus',
};

/** Of a sealed run that waits for no instant. */
export function sealedWords(isHeld: boolean): string {
  return isHeld ? 'not all handed over yet' : 'being handed over';
}
