import * as z from 'zod';
import { UsageError } from '../errors.js';
import type { Endpoint } from './accepted.js';
import { seededDraw } from './seeded-draw.js';

const count = z.int().min(0);

const common = {
  on: z.enum(['upload', 'send', 'client', 'any']),
  /** How often it strikes; unlimited when left out. */
  times: z.int().min(1).optional(),
  /** How many matching requests pass before the first that it may strike. */
  after: count.optional(),
  /** 0 to 1; drawn from `seed`, so the same requests in the same order meet the same fate. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  /** Strikes only when the broadcast's name or the CSV's text contains it. */
  match: z.string().min(1).optional(),
  /** Waited before the fault, whatever its kind. */
  latencyMs: count.max(86_400_000).optional(),
};

const shape = z.enum(['error', 'errors', 'html', 'empty']).optional();
const message = z.string().optional();
/** The request is checked and recorded as usual, and only its answer goes wrong. */
const accepted = z.boolean().optional();

const faultRequest = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('latency'), latencyMs: count.max(86_400_000) }),
  z.strictObject({
    ...common,
    kind: z.literal('http'),
    status: z.int().min(300).max(599),
    retryAfterSeconds: count.optional(),
    shape,
    message,
    /** Of a 3xx; the request's own path when left out. */
    location: z.string().optional(),
    accepted,
  }),
  z.strictObject({ ...common, kind: z.literal('close-before-reading') }),
  z.strictObject({ ...common, kind: z.literal('close-after-reading') }),
  z.strictObject({ ...common, kind: z.literal('close-after-accepting') }),
  z.strictObject({ ...common, kind: z.literal('hang-before-accepting') }),
  z.strictObject({ ...common, kind: z.literal('hang-after-accepting') }),
  z.strictObject({ ...common, kind: z.literal('unreadable-accepted'), message }),
  z.strictObject({ ...common, kind: z.literal('unreadable-refused'), message }),
  z.strictObject({
    ...common,
    kind: z.literal('error-in-200'),
    shape: z.enum(['error', 'errors']).optional(),
    message,
  }),
  z.strictObject({ ...common, on: z.enum(['client', 'any']), kind: z.literal('failed-log'), message }),
  z.strictObject({ ...common, kind: z.literal('insufficient-balance'), message }),
  z.strictObject({ ...common, on: z.enum(['upload', 'any']), kind: z.literal('low-balance') }),
  z.strictObject({ ...common, kind: z.literal('huge-body'), bytes: z.int().min(1).optional(), accepted }),
]);

export type FaultRequest = z.input<typeof faultRequest>;
export type FaultKind = FaultRequest['kind'];
export const FAULT_KINDS: readonly FaultKind[] = faultRequest.options.map((option) => option.shape.kind.value);

/** @throws UsageError that names the field, as `faults[0].status`. */
export function checkFaults(faults: unknown): FaultRequest[] {
  if (!Array.isArray(faults)) throw new UsageError('faults: must be an array of faults');
  return faults.map((fault: unknown, at) => {
    const reason = reasonAgainst(fault);
    if (reason !== undefined) throw new UsageError(`faults[${at}]${reason}`);
    return faultRequest.parse(fault);
  });
}

/** The first thing that is wrong with it, as `.field: reason`. */
export function reasonAgainst(fault: unknown): string | undefined {
  const parsed = faultRequest.safeParse(fault);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map((part) => `.${String(part)}`).join('') ?? '';
    const known = field === '.kind' ? `must be one of ${FAULT_KINDS.join(', ')}` : issue?.message;
    return `${field}: ${known ?? 'is not a fault'}`;
  }
  if (parsed.data.kind === 'close-before-reading' && parsed.data.match !== undefined) {
    return '.match: can not go with close-before-reading, which reads nothing that could match';
  }
  return undefined;
}

type ArmedFault = { readonly request: FaultRequest; seen: number; applied: number; readonly draw: () => number };
type FaultState = FaultRequest & { readonly seen: number; readonly applied: number };

/** A look-up that has to know the request's text before it can go on. */
type NeedsText = { readonly kind: 'needs-text'; resume(text: string): FaultRequest | undefined };

/** The faults asked for, in order, with how often each was met and applied. */
export class FaultBook {
  #faults: readonly ArmedFault[] = [];

  set(faults: readonly FaultRequest[]): void {
    this.#faults = checkFaults(faults).map((request, at) => ({
      request,
      seen: 0,
      applied: 0,
      draw: seededDraw(request.seed ?? at + 1),
    }));
  }

  state(): FaultState[] {
    return this.#faults.map(({ request, seen, applied }) => ({ ...request, seen, applied }));
  }

  /** The first fault that strikes. Without a fault that looks at the text this is known before the body is read. */
  strike(endpoint: Endpoint): FaultRequest | NeedsText | undefined {
    return strikeFrom(this.#faults, 0, endpoint);
  }
}

function strikeFrom(
  faults: readonly ArmedFault[],
  from: number,
  endpoint: Endpoint,
): FaultRequest | NeedsText | undefined {
  for (const [at, fault] of faults.entries()) {
    if (at < from || !isOn(fault.request, endpoint)) continue;
    if (fault.request.match !== undefined) {
      return { kind: 'needs-text', resume: (text) => strikeWithText(faults, at, endpoint, text) };
    }
    if (strikes(fault)) return fault.request;
  }
  return undefined;
}

function strikeWithText(
  faults: readonly ArmedFault[],
  from: number,
  endpoint: Endpoint,
  text: string,
): FaultRequest | undefined {
  return faults.find(
    (fault, at) =>
      at >= from &&
      isOn(fault.request, endpoint) &&
      (fault.request.match === undefined || text.includes(fault.request.match)) &&
      strikes(fault),
  )?.request;
}

function isOn(fault: FaultRequest, endpoint: Endpoint): boolean {
  if (fault.kind === 'failed-log' && endpoint !== 'client') return false;
  if (fault.kind === 'low-balance' && endpoint !== 'upload') return false;
  return fault.on === 'any' || fault.on === endpoint;
}

function strikes(fault: ArmedFault): boolean {
  const { times, after, probability } = fault.request;
  fault.seen += 1;
  if (fault.seen <= (after ?? 0)) return false;
  if (times !== undefined && fault.applied >= times) return false;
  if (probability !== undefined && fault.draw() >= probability) return false;
  fault.applied += 1;
  return true;
}
