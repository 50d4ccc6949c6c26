import { setTimeout as sleep } from 'node:timers/promises';
import type { Accepted, Endpoint } from './accepted.js';
import {
  answerRequest,
  failedLogAnswer,
  mayEnter,
  type Outcome,
  type Provider,
  type ProviderRequest,
} from './answer-request.js';
import { decodeUtf8 } from './check-csv.js';
import type { FaultBook, FaultKind, FaultRequest } from './faults.js';
import { acceptsFirst, type Exchange, playFault, sendJson } from './play-fault.js';
import { type ParsedBody, parseBody, readBody } from './read-request.js';
import { pageOfTemplates, type SandboxTemplate } from './templates.js';

export const PROVIDER_PATHS: ReadonlyMap<string, Endpoint> = new Map([
  ['/api/v3/admin/broadcast/upload_csv', 'upload'],
  ['/api/v3/admin/broadcast/send_broadcast', 'send'],
  ['/api/v3/admin/broadcast/client', 'client'],
]);

export const TEMPLATES_PATH = '/api/v2/admin/hsm';

export type ProviderState = Provider & { readonly faults: FaultBook; readonly closing: AbortSignal };
/** What became of a request, for the log: `gone` is a client that left before its body was whole. */
export type Played = { readonly outcome: number | 'closed' | 'hangs' | 'gone'; readonly fault: FaultKind | undefined };

export async function serveProvider(state: ProviderState, endpoint: Endpoint, exchange: Exchange): Promise<Played> {
  const receivedAt = new Date();
  state.accepted.countRequest(endpoint);
  const early = state.faults.strike(endpoint);
  if (early?.kind === 'close-before-reading') {
    await pause(early.latencyMs, state.closing);
    return { outcome: await playFault(exchange, early, undefined), fault: early.kind };
  }

  const read = await readBody(exchange.request);
  if (read.kind === 'gone') return { outcome: 'gone', fault: undefined };
  if (read.kind === 'too-large')
    return { outcome: sendJson(exchange, 413, { error: 'body is too large' }), fault: undefined };
  const { headers } = exchange.request;
  const body = await parseBody(endpoint, headers['content-type'] ?? '', read.bytes, state.assumptions);

  const fault = early?.kind === 'needs-text' ? early.resume(textOf(endpoint, body, state.accepted)) : early;
  await pause(fault?.latencyMs, state.closing);
  return {
    outcome: await strikeOrAnswer(state, { endpoint, headers, body, receivedAt }, exchange, fault),
    fault: fault?.kind,
  };
}

/** A read-only call: it is neither counted nor struck by faults, which are about what sends. */
export async function serveTemplates(
  state: ProviderState & { templates: { now: readonly SandboxTemplate[] }; templatesOnPage: number },
  url: string,
  exchange: Exchange,
): Promise<Played> {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  const outcome = mayEnter(state, exchange.request.headers)
    ? sendJson(exchange, 200, pageOfTemplates(state.templates.now, query, state.templatesOnPage))
    : sendJson(exchange, 401, { errors: { message: 'Qiscus-App-Id or Qiscus-Secret-Key is wrong' } });
  return { outcome, fault: undefined };
}

/** A client that has left by now makes no difference: a server that has read a request works on it. */
async function strikeOrAnswer(
  state: ProviderState,
  request: ProviderRequest,
  exchange: Exchange,
  fault: FaultRequest | undefined,
): Promise<Played['outcome']> {
  if (fault === undefined || fault.kind === 'latency') return send(exchange, answerRequest(state, request));
  if (fault.kind === 'failed-log') {
    return send(exchange, failedLogAnswer(state, request, fault.message ?? '131026 Message undeliverable'));
  }
  if (!acceptsFirst(fault)) return playFault(exchange, fault, undefined);
  const outcome = answerRequest(state, request);
  return outcome.accepted ? playFault(exchange, fault, outcome) : send(exchange, outcome);
}

function send(exchange: Exchange, outcome: Outcome): number {
  return sendJson(exchange, outcome.status, outcome.body);
}

/** Where a fault's `match` looks: a broadcast's name, its number, and the rows of the file that it sends. */
function textOf(endpoint: Endpoint, body: ParsedBody, accepted: Accepted): string {
  if (!body.ok) return '';
  const { fields, file } = body;
  if (endpoint === 'upload') return file === undefined ? '' : (decodeUtf8(file) ?? '');
  const said = [fields.name, fields.phone_number].filter((value) => typeof value === 'string');
  const sent = endpoint === 'send' ? accepted.fileText(Number(fields.broadcast_file_id))?.bytes : undefined;
  return [...said, sent === undefined ? '' : (decodeUtf8(sent) ?? '')].join('\n');
}

async function pause(ms: number | undefined, closing: AbortSignal): Promise<void> {
  if (ms !== undefined && ms > 0) await sleep(ms, undefined, { signal: closing });
}
