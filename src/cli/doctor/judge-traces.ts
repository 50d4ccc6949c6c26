import type { Config } from '../../config/config.js';
import { type Finding, found } from './check.js';

/** Where traces go, and through which proxy. One that is away costs spans, and nothing else: it isn't asked. */
export function judgeTraces({ tracing }: Config): Finding {
  if (!tracing) return found('are not asked for');
  const { url, proxy } = tracing;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return {
      ok: false,
      detail: 'the endpoint that they should go to is no address',
      todo: 'Write it as http://collector:4318 in OTEL_EXPORTER_OTLP_ENDPOINT.',
    };
  const way = proxy === undefined ? ', through no proxy' : ` through ${new URL(proxy).origin}`;
  return found(`go to ${new URL(url).origin}${way}`);
}
