import { type Proxies, proxyTo } from './proxies.js';

/** How traces are handed over. `proxy`: the one on the way to what takes them. */
export type TracingConfig = Readonly<{ exportTimeoutMs: number; proxy: string | undefined }>;

/**
 * The SDK reads OpenTelemetry's variables itself; here only whether they ask for anything. Its own time-out would keep a program
 * that has ended waiting for ten seconds for a receiver that is away.
 */
export function readTracing(
  given: Readonly<Record<string, string | undefined>>,
  proxies: Proxies,
): TracingConfig | undefined {
  const endpoint = given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? given.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isDisabled = given.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  if (endpoint === undefined || isDisabled || given.OTEL_TRACES_EXPORTER?.trim() === 'none') return undefined;
  const timeoutMs = Number(given.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? given.OTEL_EXPORTER_OTLP_TIMEOUT);
  return {
    exportTimeoutMs: timeoutMs > 0 ? timeoutMs : 3_000,
    proxy: URL.canParse(endpoint) ? proxyTo(endpoint, proxies) : undefined,
  };
}
