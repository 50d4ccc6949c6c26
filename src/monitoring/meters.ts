import { Counter, Histogram, type Registry } from 'prom-client';
import type { Meters } from '../telemetry/meters.js';

/** Counts a worker's own work into a registry. */
export function openMeters(registry: Registry): Meters {
  const registers = [registry];
  const calls = new Counter({
    name: 'siaran_provider_calls_total',
    help: 'Calls of Qiscus that this process has ended, by endpoint and answer: the HTTP status, or no_answer_ and what was reached (nothing, unknown; withheld: the request was not written).',
    labelNames: ['endpoint', 'answer'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'siaran_provider_call_duration_seconds',
    help: 'How long calls of Qiscus took, from connecting to the end of the answer.',
    labelNames: ['endpoint'] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const attempts = new Counter({
    name: 'siaran_attempts_total',
    help: 'Sends of batches that this process has answers of, by outcome; not_sent: the batch waits again.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const recipients = new Counter({
    name: 'siaran_attempt_recipients_total',
    help: 'Recipients of the sends that siaran_attempts_total counts.',
    labelNames: ['outcome'] as const,
    registers,
  });
  return {
    providerCall({ endpoint, answer, durationMs }) {
      calls.inc({ endpoint, answer });
      // A request that was never written took no time that says anything of Qiscus.
      if (answer !== 'no_answer_withheld') durations.observe({ endpoint }, durationMs / 1_000);
    },
    attempt(outcome, size) {
      attempts.inc({ outcome });
      recipients.inc({ outcome }, size);
    },
  };
}
