/** At most so many recipients fit a broadcast file; documented by Qiscus. */
export const batchCapacity = 1000;

export const batchStatuses = ['pending', 'uploaded', 'sending', 'scheduled', 'failed', 'unknown', 'cancelled'] as const;

/**
 * `pending`: cut, no file uploaded. `uploaded`: Qiscus has the file. `sending`: a worker asks Qiscus to send it. `scheduled`: Qiscus
 * accepted it. `failed`: Qiscus refused it, or it was too late. `unknown`: nobody knows whether Qiscus accepted it; an operator or
 * callbacks settle it. `cancelled`: an operator cancelled it before it was handed over, or nobody is left in it.
 */
export type BatchStatus = (typeof batchStatuses)[number];

/** What became of one attempt. `not_sent`: the provider certainly got nothing, so the batch waits again. */
export type AttemptOutcome = 'scheduled' | 'failed' | 'not_sent' | 'unknown';

/** A batch's id. The broadcast's name at Qiscus begins with it. */
export function batchIdOf(runId: string, number: number): string {
  return `${runId}-${String(number).padStart(4, '0')}`;
}

/** What `batchIdOf` made a batch's id of. */
export function partsOfBatchId(batchId: string): [runId: string, number: number] {
  const [runId = '', number = ''] = batchId.split('-');
  return [runId, Number(number)];
}

/**
 * How urgent a batch is in the delivery queue (1 is first): its number within its run, so that a small run's
 * first batches overtake the late ones of a large run. BullMQ takes at most 2^21.
 */
export function deliveryPriority(number: number): number {
  return Math.min(number, 2 ** 21 - 1);
}

/** One send as Redis remembers it, apart from Postgres. The token is that of the claim that made it. */
export type RememberedSend = {
  attemptId: bigint;
  token: string;
  batchId: string;
  number: number;
  /** Absent of a message, which has no file. */
  broadcastFileId?: number;
  /** What the provider is told, as ISO 8601; absent: at once. */
  startedAt?: string;
};
