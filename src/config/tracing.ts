import { type Proxies, proxyTo } from './proxies.js';

/** How traces are handed over. `proxy`: the one on the way to what takes them. */
export type TracingConfig = Readonly<{ exportTimeoutMs: number; proxy: string | undefined }>;

type Given = Readonly<Record<string, string | undefined>>;

/** Where traces go, and the variable that says so. Undefined: nowhere. */
export function tracesEndpoint(given: Given): { variable: string; url: string } | undefined {
  const isDisabled = given.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  if (isDisabled || given.OTEL_TRACES_EXPORTER?.trim() === 'none') return undefined;
  for (const variable of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const url = given[variable];
    if (url !== undefined) return { variable, url };
  }
  return undefined;
}

/**
 * The SDK reads OpenTelemetry's variables itself; here only whether they ask for anything. Its own time-out would keep a program
 * that has ended waiting for ten seconds for a receiver that is away.
 */
export function readTracing(given: Given, proxies: Proxies): TracingConfig | undefined {
  const endpoint = tracesEndpoint(given);
  if (!endpoint) return undefined;
  const timeoutMs = Number(given.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? given.OTEL_EXPORTER_OTLP_TIMEOUT);
  return {
    exportTimeoutMs: timeoutMs > 0 ? timeoutMs : 3_000,
    proxy: URL.canParse(endpoint.url) ? proxyTo(endpoint.url, proxies) : undefined,
  };
}
