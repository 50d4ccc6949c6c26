import type { BroadcastLog } from '../../domain/statuses/broadcast-log.js';
import {
  type HttpAnswer,
  isObservedError,
  isRefusalIn2xx,
  isSuccess,
  providerWords,
  readBroadcastJob,
  readMessageJob,
} from '../../qiscus/answers.js';
import type { NoAnswer } from '../../qiscus/client.js';
import type { Answer } from '../../store/attempts.js';

/** `logs`: what the provider keeps of a message. */
export type SendAnswer = Answer & { logs: readonly BroadcastLog[] };

/** The failure table of a send: what its answer means for the batch. */
export function readAnswer(answer: HttpAnswer | NoAnswer): SendAnswer {
  const nothing = { broadcastJobId: null, broadcastJob: null, logs: [] };
  if (!('status' in answer)) {
    const outcome = answer.reached === 'unknown' ? 'unknown' : 'not_sent';
    return { ...nothing, outcome, httpStatus: null, error: answer.error };
  }
  const job = readBroadcastJob(answer);
  if (job)
    return {
      outcome: 'scheduled',
      httpStatus: answer.status,
      broadcastJobId: job.broadcastJobId,
      broadcastJob: job.broadcastJob,
      logs: [],
      error: null,
    };
  return { ...nothing, outcome: outcomeWithoutJob(answer), httpStatus: answer.status, error: providerWords(answer) };
}

/**
 * The same of a message. Its job may be there and the message have failed: its logs say so. One that was accepted has a log
 * even if none was told, so that what becomes of it can be noted.
 */
export function readMessageAnswer(answer: HttpAnswer | NoAnswer): SendAnswer {
  if ('status' in answer && isElsewhere(answer))
    return { ...readAnswer(answer), outcome: 'not_sent', error: `not Qiscus's API: ${providerWords(answer)}` };
  const message = 'status' in answer ? readMessageJob(answer) : undefined;
  if (!('status' in answer) || !message) return readAnswer(answer);
  const { broadcastJobId, logs } = message;
  const failed = logs.length > 0 && logs.every((log) => log.status === 'failed');
  if (broadcastJobId === null && !failed) return readAnswer(answer);
  const notes = logs.find((log) => log.notes !== null)?.notes ?? '(no notes)';
  return {
    outcome: failed ? 'failed' : 'scheduled',
    httpStatus: answer.status,
    broadcastJobId,
    broadcastJob: null,
    logs: logs.length > 0 ? logs : [untoldLog],
    error: failed ? `HTTP ${answer.status}, but its log says failed: ${notes.slice(0, 500)}` : null,
  };
}

const untoldLog: BroadcastLog = {
  broadcastLogId: null,
  messageId: null,
  status: 'scheduled',
  notes: null,
  sentAt: null,
};

/** An address that isn't Qiscus's. Before a file is sent its upload finds that out; before a message nothing does. */
function isElsewhere(answer: HttpAnswer): boolean {
  const { status } = answer;
  return ((status >= 300 && status < 400) || status === 404 || status === 405) && !isObservedError(answer);
}

function outcomeWithoutJob(answer: HttpAnswer): Answer['outcome'] {
  if (isSuccess(answer)) return isRefusalIn2xx(answer) ? 'failed' : 'unknown';
  if (isAccountsTrouble(answer)) return 'not_sent';
  return answer.status >= 300 && answer.status < 500 && answer.status !== 408 && answer.status !== 409
    ? 'failed'
    : 'unknown';
}

/** Nothing was sent, and nothing would be until something changes for the account: refused, throttled or out of reach. */
export function isAccountsTrouble(answer: HttpAnswer | NoAnswer): boolean {
  return 'status' in answer ? [401, 402, 403, 429].includes(answer.status) : answer.reached === 'nothing';
}

/** The same of a message's answer. */
export function isMessagesTrouble(answer: HttpAnswer | NoAnswer): boolean {
  return isAccountsTrouble(answer) || ('status' in answer && isElsewhere(answer));
}
