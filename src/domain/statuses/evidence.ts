const minuteMs = 60_000;

/** What callbacks tell of a batch whose send has no clear answer. */
export type Evidence = {
  /** How many of its messages callbacks have reported. */
  reported: number;
  /** How many messages it has. */
  of: number;
  /** `evidence`: these reports settled the batch as sent. `null`: they settled nothing. */
  settledBy: 'evidence' | null;
};

/** A number of a batch, and when its message was first told to be on its way. */
export type Report = { phoneNumber: string; firstAt: Date };

/** Messages of a broadcast are on their way soon after it begins; what comes later may be an agent's. */
const soonMs = 60 * minuteMs;

/** The provider's clock and Postgres's are never quite the same. */
const clockDifferenceMs = minuteMs;

/** As much of a broadcast, and as many of its numbers, as no agent's chats come to. */
const leastShare = 1 / 5;
const leastNumbers = 10;

/** For how long after its start a broadcast is looked at: callbacks that come later are matched, and settle nothing. */
export const evidenceWithinMs = 96 * 60 * minuteMs;

/** Reports that come when the messages of a broadcast that began at `beganAt` do. */
export function timelyReports(reports: readonly Report[], beganAt: Date): Report[] {
  return reports.filter(({ firstAt }) => {
    const afterMs = firstAt.getTime() - beganAt.getTime();
    return afterMs >= -clockDifferenceMs && afterMs <= soonMs;
  });
}

/**
 * How many of a broadcast's messages have to be reported before it counts as sent: of a small one, all. Of a single message nothing is
 * enough: one callback may be an agent's chat.
 */
export function reportsNeeded(size: number): number {
  if (size <= 1) return Number.POSITIVE_INFINITY;
  return Math.min(size, Math.max(leastNumbers, Math.ceil(size * leastShare)));
}

/** `950 of 1,000 messages were reported: it was sent`. Of a few, or of a single message, an agent's chat may tell as well. */
export function describeEvidence({ reported, of }: { reported: number; of: number }): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const what = of === 1 ? 'its message was reported' : `${count(reported)} of ${count(of)} messages were reported`;
  return `${what}: it ${reported >= reportsNeeded(of) ? 'was' : 'may have been'} sent`;
}

/** What callbacks tell of a run's batches without a clear answer. Sums say nothing of each, so of several it is only counted. */
export function describeRunEvidence(told: { batches: number; reported: number; of: number; settled: number }): string {
  const { batches, reported, of, settled } = told;
  const count = (value: number) => value.toLocaleString('en-US');
  if (batches === 1)
    return `1 batch without a clear answer, ${describeEvidence(told)}${settled === 1 ? ', and is settled so' : ''}`;
  const settling = settled === 0 ? '' : `; ${count(settled)} of them ${settled === 1 ? 'is' : 'are'} settled as sent`;
  return `${count(batches)} batches without a clear answer, of which ${count(reported)} of ${count(of)} messages were reported${settling}`;
}
