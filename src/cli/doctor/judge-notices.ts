import type { Context } from '../../context.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { type NoticeState, noticeState } from '../../store/notices.js';
import { count } from '../terminal/output.js';

/** Some tries are due by then: whatever waits for longer isn't taken, or isn't sent. */
const tooLongMs = 300_000;

/** Whether the webhook takes what it is to be told. */
export async function judgeNotices({
  config,
  db,
}: Context): Promise<{ ok: true; detail: string } | { ok: false; detail: string; todo: string }> {
  if (!config.notify) return { ok: true, detail: 'none asked for' };
  const state = await noticeState(db);
  const waitedMs = state.oldestAt === null ? 0 : Date.now() - state.oldestAt.getTime();
  const detail = describe(state);
  if (state.givenUp === 0 && waitedMs <= tooLongMs) return { ok: true, detail };
  const host = new URL(config.notify.url).host;
  const todo =
    state.error === null
      ? 'Start a worker, with SIARAN_NOTIFY_URL and SIARAN_NOTIFY_SECRET set: workers send notices.'
      : `See that ${host} takes them and answers 2xx: what waits is then sent by itself. What was given up stands in the workers' logs.`;
  return { ok: false, detail, todo };
}

function describe({ waiting, oldestAt, givenUp, error }: NoticeState): string {
  return [
    oldestAt === null ? 'none wait' : `${count(waiting)} wait, the oldest since ${showInstant(oldestAt)}`,
    givenUp === 0 ? '' : `${count(givenUp)} given up in the last day`,
    error === null ? '' : `the latest failure: ${error}`,
  ]
    .filter(Boolean)
    .join('; ');
}
