import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../errors.js';
import type { Accepted } from './accepted.js';
import type { Callbacks, FailingNumbers } from './callbacks/callbacks.js';
import { checkFaults, type FaultBook, type FaultRequest } from './faults.js';
import { type Exchange, sendJson } from './play-fault.js';
import { readBody } from './read-request.js';
import { checkTemplates, type SandboxTemplate } from './templates.js';

export const CONTROL_PREFIX = '/_sandbox/';
export const CONTROL_ENDPOINTS: readonly (readonly [route: string, does: string])[] = [
  ['GET /_sandbox/summary', 'counts of files, jobs, recipients and requests'],
  ['GET /_sandbox/jobs', 'every job it accepted'],
  ['GET /_sandbox/files', 'every file it accepted; /_sandbox/files/ID gives the CSV as received'],
  ['GET /_sandbox/deliveries', 'number to count of deliveries; /_sandbox/deliveries/NUMBER gives one'],
  ['GET|PUT|DELETE /_sandbox/faults', 'the faults, an array of them; PUT replaces'],
  ['GET|PUT /_sandbox/failing', 'number to code that its messages fail with, told in callbacks'],
  ['GET|PUT /_sandbox/templates', 'the templates that GET hsm lists; PUT replaces'],
  ['POST /_sandbox/reset', 'back to how it started'],
];

export type ControlState = {
  readonly accepted: Accepted;
  readonly faults: FaultBook;
  /** Undefined: none are posted. */
  readonly callbacks: Callbacks | undefined;
  /** What a reset goes back to. */
  readonly firstFaults: readonly FaultRequest[];
  readonly templates: { now: readonly SandboxTemplate[]; readonly first: readonly SandboxTemplate[] };
};

export async function serveControl(state: ControlState, path: string, exchange: Exchange): Promise<number> {
  const [resource = '', item] = path.slice(CONTROL_PREFIX.length).split('/');
  const route = `${exchange.request.method} ${resource}${item === undefined ? '' : '/:'}`;
  switch (route) {
    case 'GET summary':
      return sendJson(exchange, 200, state.accepted.summary());
    case 'GET jobs':
      return sendJson(exchange, 200, state.accepted.jobs());
    case 'GET files':
      return sendJson(exchange, 200, state.accepted.files());
    case 'GET files/:':
      return sendFile(exchange, state.accepted, item ?? '');
    case 'GET deliveries':
      return sendDeliveries(exchange, state.accepted);
    case 'GET deliveries/:':
      return sendJson(exchange, 200, { number: item, deliveries: state.accepted.deliveriesTo(item ?? '') });
    case 'GET faults':
      return sendJson(exchange, 200, state.faults.state());
    case 'PUT faults':
      return replace(exchange, 'faults', (body) => {
        state.faults.set(checkFaults(Array.isArray(body) ? body.map(withoutCounters) : body));
        return state.faults.state();
      });
    case 'DELETE faults':
      state.faults.set([]);
      return sendJson(exchange, 200, state.faults.state());
    case 'GET failing':
      return sendJson(exchange, 200, state.callbacks?.failing ?? {});
    case 'PUT failing':
      return replaceFailing(exchange, state.callbacks);
    case 'GET templates':
      return sendJson(exchange, 200, state.templates.now);
    case 'PUT templates':
      return replace(exchange, 'templates', (body) => {
        state.templates.now = checkTemplates(body);
        return state.templates.now;
      });
    case 'POST reset':
      state.templates.now = state.templates.first;
      state.accepted.reset();
      if (state.callbacks) state.callbacks.failing = {};
      state.faults.set(state.firstFaults);
      return sendJson(exchange, 200, state.accepted.summary());
    default:
      return sendJson(exchange, 404, { error: `no ${exchange.request.method} ${path} here` });
  }
}

async function replace(exchange: Exchange, what: string, put: (body: unknown) => object): Promise<number> {
  const read = await readBody(exchange.request);
  if (read.kind !== 'body') return sendJson(exchange, 413, { error: 'body is too large' });
  try {
    return sendJson(exchange, 200, put(JSON.parse(read.bytes.toString('utf8'))));
  } catch (error) {
    if (error instanceof UsageError) return sendJson(exchange, 400, { error: error.message });
    if (error instanceof SyntaxError)
      return sendJson(exchange, 400, { error: `${what}: body is not JSON: ${error.message}` });
    throw error;
  }
}

async function replaceFailing(exchange: Exchange, callbacks: Callbacks | undefined): Promise<number> {
  if (!callbacks)
    return sendJson(exchange, 409, { error: 'this sandbox posts no callbacks: start it with --callbacks' });
  const read = await readBody(exchange.request);
  if (read.kind !== 'body') return sendJson(exchange, 413, { error: 'body is too large' });
  const failing = readFailing(read.bytes.toString('utf8'));
  if (!failing) return sendJson(exchange, 400, { error: 'body must be an object such as {"6281234567890": 131050}' });
  callbacks.failing = failing;
  return sendJson(exchange, 200, failing);
}

function readFailing(text: string): FailingNumbers | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return undefined;
    const isRight = ([number, code]: [string, unknown]) => /^\d{8,15}$/.test(number) && Number.isInteger(code);
    return Object.entries(body).every(isRight) ? (body as FailingNumbers) : undefined;
  } catch {
    return undefined;
  }
}

/** What GET gave may be changed and PUT back, its counters and all. */
function withoutCounters(fault: unknown): unknown {
  if (typeof fault !== 'object' || fault === null) return fault;
  return Object.fromEntries(Object.entries(fault).filter(([name]) => name !== 'seen' && name !== 'applied'));
}

function sendFile(exchange: Exchange, accepted: Accepted, id: string): number {
  const file = accepted.fileText(Number(id));
  if (file === undefined) return sendJson(exchange, 404, { error: `no file ${id} was accepted` });
  if (file.bytes === undefined) return sendJson(exchange, 410, { error: `the text of file ${id} is no longer held` });
  const { response } = exchange;
  response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'content-length': file.bytes.byteLength });
  response.end(file.bytes);
  return 200;
}

/** In pieces: a million numbers are 20 MB of JSON. */
async function sendDeliveries({ response }: Exchange, accepted: Accepted): Promise<number> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  await pipeline(Readable.from(deliveriesJson(accepted.deliveries())), response).catch(() => undefined);
  return 200;
}

function* deliveriesJson(deliveries: ReadonlyMap<string, number>): Generator<string> {
  let piece = '{';
  let comma = '';
  for (const [number, count] of deliveries) {
    piece += `${comma}${JSON.stringify(number)}:${count}`;
    comma = ',';
    if (piece.length < 64 * 1024) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}}`;
}
