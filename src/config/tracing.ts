import { type Proxies, proxyTo } from './proxies.js';

/** How traces are handed over. `proxy`: the one on the way to what takes them. */
export type TracingConfig = Readonly<{
  url: string;
  exportTimeoutMs: number;
  proxy: string | undefined;
  headers: Readonly<Record<string, string>>;
}>;

/** Those for traces only count more. */
const headerVariables = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'] as const;

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

/** A sentence for each variable of headers that can't be used, if traces go anywhere; none of them shows a value. */
export function headerFaults(given: Given): string[] {
  const wrong = tracesEndpoint(given) ? headerVariables.filter((name) => !readHeaders(given[name])) : [];
  return wrong.map(
    (name) =>
      `${name} is not written as name=value, with commas between several and what is special percent-encoded; for example authorization=Bearer%20TOKEN`,
  );
}

/** As OpenTelemetry's SDK reads them, which knows those of the environment, and none of a file. `undefined`: they aren't written so. */
function readHeaders(text = ''): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
    const [, name, value] = /^\s*([\w!#$&'*+.^`|~-]+)\s*=(.+)$/.exec(pair) ?? [];
    const decoded = value === undefined ? undefined : decode(value.trim());
    if (name === undefined || !decoded) return undefined;
    headers[name] = decoded;
  }
  return headers;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
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
    url: endpoint.url,
    headers: Object.assign({}, ...headerVariables.map((name) => readHeaders(given[name]))),
    exportTimeoutMs: timeoutMs > 0 ? timeoutMs : 3_000,
    proxy: URL.canParse(endpoint.url) ? proxyTo(endpoint.url, proxies) : undefined,
  };
}
