import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { type NoticeState, noticeState } from '../../store/notices.js';
import { count } from '../terminal/output.js';
import { type Finding, found } from './check.js';

/** Some tries are due by then: whatever waits for longer isn't taken, or isn't sent. */
const tooLongMs = 300_000;

/** Whether the webhook takes what it is to be told. */
export async function judgeNotices({ config, db }: Context): Promise<Finding> {
  if (!config.notify) return { ok: true, detail: 'SIARAN_NOTIFY_URL is not set' };
  const state = await noticeState(db);
  const waitedMs = state.oldestAt === null ? 0 : Date.now() - state.oldestAt.getTime();
  const { url, proxy } = config.notify;
  const detail = `${describe(state)}${proxy ? `; sent through ${new URL(proxy).origin}` : ''}`;
  if (state.givenUp === 0 && waitedMs <= tooLongMs) return { ok: true, detail };
  const { host } = new URL(url);
  const todo =
    state.error === null
      ? 'Start a worker, with SIARAN_NOTIFY_URL and SIARAN_NOTIFY_SECRET set: workers send notices.'
      : `Make ${host} accept them and answer 2xx: those that wait are then sent by themselves. The workers' logs name those that were given up.`;
  return { ok: false, detail, todo };
}

function describe({ waiting, oldestAt, givenUp, error }: NoticeState): string {
  return [
    oldestAt === null ? 'none wait' : `${count(waiting)} wait, the oldest since ${oldestAt.toISOString()}`,
    givenUp === 0 ? '' : `${count(givenUp)} given up in the last day`,
    error === null ? '' : `the latest failure: ${error}`,
  ]
    .filter(Boolean)
    .join('; ');
}

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
