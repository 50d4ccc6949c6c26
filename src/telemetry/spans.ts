import { type Context, context, propagation, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { SiaranError } from '../errors.js';
import type { Step, Trace, TracePoint } from './trace.js';

/** Spans by OpenTelemetry's API alone. Without an SDK that takes them they are nothing. */
export function openTrace(): Trace {
  const tracer = trace.getTracer('siaran');

  function start(name: Step, { runId, batchId, parent }: TracePoint): { span: Span; within: Context } | undefined {
    return harmlessly(() => {
      const active = context.active();
      const caller = trace.getSpanContext(active);
      const parentContext = parent === undefined ? active : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
      // The queue's own spans belong to the program that queued the job, which may have been any.
      const links =
        caller && caller.traceId !== trace.getSpanContext(parentContext)?.traceId ? [{ context: caller }] : [];
      const attributes = { 'siaran.run_id': runId, ...(batchId !== undefined && { 'siaran.batch_id': batchId }) };
      const span = tracer.startSpan(`siaran ${name}`, { attributes, links }, parentContext);
      return { span, within: trace.setSpan(parentContext, span) };
    });
  }

  return {
    async begin(runId, keep) {
      const carrier: { traceparent?: string } = {};
      const span = harmlessly(() => tracer.startSpan('siaran run', { attributes: { 'siaran.run_id': runId } }));
      if (span) harmlessly(() => propagation.inject(trace.setSpan(context.active(), span), carrier));
      if (carrier.traceparent === undefined) return undefined;
      const kept = await keep(carrier.traceparent);
      // A span that doesn't end is never exported: another program began this run's trace.
      if (kept === carrier.traceparent) harmlessly(() => span?.end());
      return kept;
    },
    async step(name, point, work) {
      const started = start(name, point);
      if (!started) return work(() => {});
      const { span, within } = started;
      const tell = (outcome: string) => void harmlessly(() => span.setAttribute('siaran.outcome', outcome));
      try {
        return await context.with(within, () => work(tell));
      } catch (error) {
        // Its message may hold numbers or secrets.
        const name = error instanceof SiaranError ? error.code : 'error';
        harmlessly(() => span.setStatus({ code: SpanStatusCode.ERROR, message: name }));
        throw error;
      } finally {
        harmlessly(() => span.end());
      }
    },
  };
}

function harmlessly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
