import { formatDuration } from '../timing/duration.js';

/** What is known of a firing. */
type Known = { at: string; status: 'preparing' | 'prepared' | 'failed' | 'skipped'; reason: string | null };

/** What became of a firing, as people say it. The same states have other names over HTTP. */
export function firingWords({ at, status, reason }: Known, now = new Date()): string {
  if (status === 'preparing') return 'audience is being read';
  if (status !== 'prepared') return status;
  if (reason !== null) return 'nobody was in it';
  return new Date(at) > now ? 'ready' : 'fired';
}

/** When a firing's audience is read. */
export function audienceReadWords(prepareAheadMs: number): string {
  return prepareAheadMs === 0 ? 'when it fires' : `${formatDuration(prepareAheadMs)} before it fires`;
}
