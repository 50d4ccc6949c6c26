import { Counter, Histogram, type Registry } from 'prom-client';

/** What a receiver counts of the callbacks that it answered. */
export type CallbackMeters = {
  answered(status: number, tookMs: number): void;
  statuses(counts: Readonly<Record<string, number>>): void;
};

/** Counts a receiver's own work into a registry. */
export function openCallbackMeters(registry: Registry): CallbackMeters {
  const registers = [registry];
  const callbacks = new Counter({
    name: 'siaran_callbacks_total',
    help: 'Callbacks that this process has answered, by the HTTP status; 404: with a wrong secret.',
    labelNames: ['answer'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'siaran_callback_duration_seconds',
    help: 'How long callbacks took, from their head to their answer.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const statuses = new Counter({
    name: 'siaran_callback_statuses_total',
    help: 'Statuses in callbacks that were taken: updated, ignored (known already, or saying nothing), unknown (of no message of ours).',
    labelNames: ['outcome'] as const,
    registers,
  });
  return {
    answered(status, tookMs) {
      callbacks.inc({ answer: status });
      durations.observe(tookMs / 1_000);
    },
    statuses(counts) {
      for (const [outcome, count] of Object.entries(counts)) if (count > 0) statuses.inc({ outcome }, count);
    },
  };
}
