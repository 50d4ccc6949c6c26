import { UsageError } from '../errors.js';
import { ASSUMPTION_TEXTS, DEFAULT_ASSUMPTIONS, isAssumption } from './assumptions.js';
import { checkFaults, FAULT_KINDS, type FaultKind, type FaultRequest, reasonAgainst } from './faults.js';

const EXAMPLE = 'send:http:429,times=3,retryAfterSeconds=2';
const ENDPOINTS: readonly string[] = ['upload', 'send', 'client', 'any'];
const NUMBERS = new Set(['times', 'after', 'probability', 'seed', 'latencyMs', 'retryAfterSeconds', 'bytes']);
const TEXTS = new Set(['match', 'message', 'shape', 'location']);

const KIND_TEXTS: Readonly<Record<FaultKind, string>> = {
  latency: 'waits latencyMs, then behaves normally',
  http: 'answers with the status, e.g. send:http:503; shape=error|errors|html|empty, message, retryAfterSeconds, location, accepted=true to record first',
  'close-before-reading': 'closes the connection at the headers; nothing is read or accepted',
  'close-after-reading': 'reads the body, accepts nothing, closes the connection',
  'close-after-accepting': 'accepts, then closes the connection without an answer',
  'hang-before-accepting': 'reads the body, accepts nothing, never answers',
  'hang-after-accepting': 'accepts, never answers',
  'unreadable-accepted': 'accepts, and answers 200 with HTML instead of JSON',
  'unreadable-refused': 'accepts nothing, and answers 200 with HTML instead of JSON',
  'error-in-200': 'accepts nothing, and answers 200 with {"error":message}; shape=errors for {"errors":{"message":…}}',
  'failed-log': 'client only: 200 with a log of status "failed" and notes=message; nothing is delivered',
  'insufficient-balance': 'accepts nothing, and answers 402 with {"error":"insufficient balance"} (assumed)',
  'low-balance': 'upload only: accepts, and tells a balance that does not cover the charge (assumed)',
  'huge-body': 'answers 200 with a JSON body of bytes (default 5 MB); accepts nothing unless accepted=true',
};

/** For `--help`: every kind of fault and every assumption, one a line. */
export function faultHelp(): string {
  const kinds = FAULT_KINDS.map((kind) => `  ${kind.padEnd(22)} ${KIND_TEXTS[kind]}`);
  const assumptions = Object.entries(DEFAULT_ASSUMPTIONS).map(([name, value]) => {
    const text = isAssumption(name) ? ASSUMPTION_TEXTS[name] : '';
    return `  ${name.padEnd(28)} assumed ${`${value}:`.padEnd(6)} ${text}`;
  });
  return [
    'Faults: <upload|send|client|any>:<kind>[:status][,name=value]…',
    ...kinds,
    '  With every kind: times=N (default: always), after=N (let N pass first), probability=0..1, seed=N,',
    '  match=TEXT (only if the name or the CSV contains it), latencyMs=N. Of several faults the first that matches',
    '  strikes. A value with a comma in it: give the fault as JSON, e.g. \'{"on":"send","kind":"http","status":500,"message":"a, b"}\'.',
    '',
    'Assumptions: what is not known of Qiscus, and what the sandbox does unless told otherwise:',
    ...assumptions,
    '  Also assumed, without a switch: refusals are 422, a wrong key is 401, a body over 32 MB is 413.',
  ].join('\n');
}

/** @throws UsageError that names the part that is wrong and gives an example. */
export function parseFaultFlag(text: string): FaultRequest {
  const fault = text.trimStart().startsWith('{') ? parseJsonFault(text) : parseShortFault(text);
  const reason = reasonAgainst(fault);
  if (reason !== undefined) throw wrong(text, reason.replace(/^\./, ''));
  const [checked] = checkFaults([fault]);
  if (checked === undefined) throw wrong(text, 'is not a fault');
  return checked;
}

function parseJsonFault(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(text, 'it is not valid JSON');
  }
}

function parseShortFault(text: string): Record<string, unknown> {
  const [what = '', ...settings] = text.split(',');
  const [on = '', kind = '', status, ...rest] = what.split(':');
  if (!ENDPOINTS.includes(on))
    throw wrong(text, `unknown endpoint ${JSON.stringify(on)}, must be one of ${ENDPOINTS.join(', ')}`);
  if (!FAULT_KINDS.some((known) => known === kind)) {
    throw wrong(text, `unknown kind ${JSON.stringify(kind)}, must be one of ${FAULT_KINDS.join(', ')}`);
  }
  if (kind === 'http' && status === undefined) throw wrong(text, 'http needs a status');
  if ((kind !== 'http' && status !== undefined) || rest.length > 0) {
    throw wrong(text, `${JSON.stringify(rest.at(-1) ?? status)} is one part too many`);
  }
  const fault: Record<string, unknown> = { on, kind };
  if (status !== undefined) fault.status = numberOf(text, 'status', status);
  for (const setting of settings) {
    const { name, value } = parseSetting(text, setting);
    if (name in fault) throw wrong(text, `${name} is given twice`);
    fault[name] = value;
  }
  return fault;
}

function parseSetting(text: string, setting: string): { name: string; value: string | number | boolean } {
  const [name = '', ...parts] = setting.split('=');
  const value = parts.join('=');
  if (parts.length === 0) throw wrong(text, `${JSON.stringify(setting)} is not name=value`);
  if (NUMBERS.has(name)) return { name, value: numberOf(text, name, value) };
  if (TEXTS.has(name)) return { name, value };
  if (name !== 'accepted') throw wrong(text, `unknown setting ${JSON.stringify(name)}`);
  if (value !== 'true' && value !== 'false') throw wrong(text, 'accepted must be true or false');
  return { name, value: value === 'true' };
}

function numberOf(text: string, name: string, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number))
    throw wrong(text, `${name} must be a number, not ${JSON.stringify(value)}`);
  return number;
}

function wrong(text: string, reason: string): UsageError {
  return new UsageError(`Fault ${JSON.stringify(text)}: ${reason}. Right would be, for example, ${EXAMPLE}`);
}
