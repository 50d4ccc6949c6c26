import type { AttemptOutcome } from '../domain/runs/batch.js';
import type { ProviderCall } from '../qiscus/client.js';

/** What a worker counts of its own work. Whatever becomes of a figure, nothing here throws. */
export type Meters = {
  providerCall(call: ProviderCall): void;
  /** A send was answered, or is known not to have been made. */
  attempt(outcome: AttemptOutcome, recipients: number): void;
};

/** For a process without metrics. */
export const noMeters: Meters = { providerCall() {}, attempt() {} };
