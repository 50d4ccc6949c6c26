import type { Telemetry } from '../queue/queues.js';

/** The steps of a recipient's way that are traced. */
export type Step = 'enqueue' | 'chunk' | 'upload' | 'send' | 'record';

/** What a span is about: ids only, as numbers, values and secrets must not be in a trace. */
export type TracePoint = { runId: string; batchId?: string; parent: string | undefined };

/** Notes the outcome of a step, in one word. */
export type TellOutcome = (outcome: string) => void;

/** Keeps a run's trace context. If several programs begin one at the same time, the first is kept. */
type KeepTraceparent = (traceparent: string) => Promise<string | undefined>;

/** Tracing never fails the work: that is done exactly once, whatever becomes of its span. */
export type Trace = {
  /**
   * Begins the trace of a run, as a child of what its caller is doing.
   * @param keep gets its context, as a W3C traceparent, and gives the one that counts. Returns that.
   */
  begin(runId: string, keep: KeepTraceparent): Promise<string | undefined>;
  step<T>(name: Step, point: TracePoint, work: (tell: TellOutcome) => Promise<T>): Promise<T>;
};

/** Traces that this program itself exports. */
export type Tracing = {
  trace: Trace;
  telemetry: Telemetry;
  /** Hands over what is left, for a few seconds at most. */
  close(): Promise<void>;
};
