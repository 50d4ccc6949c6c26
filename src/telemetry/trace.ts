import type { Telemetry } from '../queue/queues.js';

/** What of the way of a recipient is traced. */
export type Step = 'enqueue' | 'chunk' | 'upload' | 'send' | 'record';

/** Ids only: numbers, values and secrets have no business in a trace. */
export type TracePoint = { runId: string; batchId?: string; parent: string | undefined };

/** Tells of a step what came of it, in a word. */
export type TellOutcome = (outcome: string) => void;

/** Of several that begin the trace of a run at the same time, one is kept. */
export type KeepTraceparent = (traceparent: string) => Promise<string | undefined>;

/** Nothing of it may stand in the way of the work, which is done once whatever becomes of its span. */
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
