import type { BatchStatus } from './batch.js';

export type Separator = ',' | ';';

/** What a run sends; fixed when it is started. Durations in milliseconds. */
export type RunSettings = {
  name: string;
  account: string;
  templateDetailId: number;
  columns: readonly string[];
  separator: Separator;
  startAt: Date | null;
  flushAfterMs: number | null;
};

export type RunStatus = 'open' | 'sealed' | 'paused' | 'cancelled' | 'finished';
export type RunOutcome = 'needs_attention' | 'cancelled' | 'delivered_with_failures' | 'delivered';

export type RunMarks = { sealedAt: Date | null; pausedAt: Date | null; cancelledAt: Date | null };
export type BatchCounts = Record<BatchStatus, number>;

export function emptyCounts(): BatchCounts {
  return { pending: 0, uploaded: 0, sending: 0, scheduled: 0, failed: 0, unknown: 0, cancelled: 0 };
}

/** What remains to be chunked or delivered, in batches and buffered recipients. */
export function runStatus(marks: RunMarks, batches: BatchCounts, buffered: number): RunStatus {
  const nothingRemains = buffered === 0 && batches.pending + batches.uploaded + batches.sending === 0;
  if (nothingRemains && (marks.sealedAt || marks.cancelledAt)) return 'finished';
  if (marks.cancelledAt) return 'cancelled';
  if (marks.pausedAt) return 'paused';
  return marks.sealedAt ? 'sealed' : 'open';
}

/** `unclosed`: producers that died, or are still at work although the run is sealed. */
export type Concerns = { missing: number; unclosed: number; extraSends: number; wrongTotals: number };

/** How a finished run ended: the first that applies. */
export function runOutcome(batches: BatchCounts, concerns: Concerns, cancelled: boolean): RunOutcome {
  if (batches.unknown + concerns.missing + concerns.unclosed + concerns.extraSends + concerns.wrongTotals > 0)
    return 'needs_attention';
  if (cancelled) return 'cancelled';
  return batches.failed > 0 ? 'delivered_with_failures' : 'delivered';
}

/** Names each setting in which a run differs from what its key was used for before. */
export function settingDifferences(before: RunSettings, now: RunSettings): string[] {
  const names = Object.keys(now) as (keyof RunSettings)[];
  return names.flatMap((name) => {
    const [was, is] = [JSON.stringify(before[name]), JSON.stringify(now[name])];
    return was === is ? [] : [`${name} was ${was}, is now ${is}`];
  });
}
