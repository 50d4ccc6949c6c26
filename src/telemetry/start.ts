import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { BullMQOtel } from 'bullmq-otel';
import { agentThrough } from '../tunnel.js';
import { openTrace } from './spans.js';
import type { Tracing } from './trace.js';

/** By their names. */
type Headers = Readonly<Record<string, string>>;

/** How long a program that ends waits for a receiver of traces that doesn't answer. */
const closingMs = 3_000;

/**
 * Starts what exports traces as OpenTelemetry's own variables say, over OTLP in protobuf. Spans wait in a bounded queue; what
 * nobody takes in time is dropped.
 * @param providerUrl only requests to it get a span: other addresses may hold secrets.
 * @param proxy the one on the way to what takes the traces
 * @param headers go along, beside those that the SDK finds in the environment
 */
export function startTracing(
  providerUrl: string,
  { exportTimeoutMs, proxy, headers }: { exportTimeoutMs: number; proxy: string | undefined; headers: Headers },
): Tracing {
  const named = resourceFromAttributes({ 'service.name': 'siaran' });
  const exporter = new OTLPTraceExporter({
    timeoutMillis: exportTimeoutMs,
    headers,
    ...(proxy !== undefined && { httpAgentOptions: (protocol) => agentThrough(proxy, protocol, exportTimeoutMs) }),
  });
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  const { origin } = new URL(providerUrl);
  const undici = new UndiciInstrumentation({
    requireParentforSpans: true,
    ignoreRequestHook: (request) => request.origin !== origin,
  });
  undici.setTracerProvider(provider);
  undici.enable();
  return {
    trace: openTrace(),
    telemetry: new BullMQOtel({ tracerName: 'siaran' }),
    async close() {
      undici.disable();
      await Promise.race([provider.shutdown().catch(() => {}), sleep(closingMs, undefined, { ref: false })]);
      trace.disable();
    },
  };
}
