import { UnconfirmedError } from '../errors.js';
import type { Enqueued, Recipients } from '../pipeline/intake/enqueue.js';
import type { RunId, RunRequest } from '../pipeline/intake/start-run.js';
import { serviceErrorOf } from '../pipeline/service-error.js';

/** A run, and everybody in it. */
export type BroadcastRequest<Column extends string> = RunRequest<Column> & {
  /** All of its recipients. */
  recipients: Recipients<Column>;
};

/** A run that was started and sealed, and how many were enqueued. */
export type Broadcast<Column extends string> = Enqueued & {
  /** The run's id, for all other calls. */
  runId: RunId<Column>;
};

/**
 * Fills a run that was started just now. What breaks it off would pass if the same call were made again; but without a key that starts another
 * run, and messages those twice who are in this one already. @throws {UnconfirmedError} then.
 */
export async function fillStarted<T>(runId: string, key: string | undefined, fill: () => Promise<T>): Promise<T> {
  try {
    return await fill();
  } catch (error) {
    if (key !== undefined || !serviceErrorOf(error)?.retryable) throw error;
    const advice =
      `It has no key, so that the same call would start another run and message recipients twice. Enqueue all into run ${runId} ` +
      "with the source 'broadcast', which leaves out who is there already, and seal it; or cancel it.";
    throw new UnconfirmedError(`all recipients of run ${runId} were taken`, {
      ...{ runId, advice, retryable: false, cause: error },
    });
  }
}
