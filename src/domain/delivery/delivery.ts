import { showMasked } from '../numbers/mask-number.js';
import { batchCapacity } from '../runs/batch.js';
import { isLabel } from '../runs/label.js';
import type { MessageTemplate, MessageTemplateRequest } from '../runs/message.js';
import { weekdays } from '../schedules/day-schedule.js';
import { parseDuration } from '../timing/duration.js';
import { timeZoneFault } from '../timing/time-zone.js';

/** How many recipients of a run may be messaged in any stretch of time. */
export type Pace = {
  /** At most so many start in any stretch of `durationMs`. */
  recipients: number;
  /** The length of the stretch in milliseconds. */
  durationMs: number;
};

/** When recipients may be messaged, by the wall clock of a time zone. */
export type SendingWindow = {
  /** Minutes after midnight, 0 to 1439. */
  opensAt: number;
  /** Minutes after midnight, 0 to 1440; on the next day if it isn't after `opensAt`. */
  closesAt: number;
  /** The days on which it opens, 1 (Monday) to 7. */
  days: readonly number[];
  /** IANA, such as `Asia/Jakarta`. */
  timeZone: string;
};

/** A limit that can move the start of a batch to later. */
export type Limit = 'pace' | 'window' | 'dailyLimit';

/** How the batches of a run reach their recipients; `null` for what wasn't asked for. Durations in milliseconds. */
export type Delivery = {
  /** The WhatsApp channel at Qiscus that sends individual messages. */
  channelId: number | null;
  /** How many recipients of the run may start in any stretch of time. */
  pace: Pace | null;
  /** When recipients may be messaged. */
  window: SendingWindow | null;
  /** How many recipients of the account's portfolio may start in any 24 hours, whatever run they are of. */
  dailyLimit: number | null;
  /** How long before its start a batch is handed to Qiscus; `null`: at once. */
  handOverAheadMs: number | null;
  /** How many recipients go out first, before the run is held for an operator to look. */
  first: number | null;
  /** A batch that would start later than this after its time fails; `null`: it is sent however late it is. */
  tooLateAfterMs: number | null;
  /** Set: each recipient is a message of its own, of this template. `null`: files of up to 1,000. */
  individual: MessageTemplate | null;
};

/** How a run's batches reach their recipients, as a caller writes it. Durations are texts such as `30m`, `2h` or `1d`. */
export type DeliveryRequest = MessageTemplateRequest & {
  /** The id of the WhatsApp channel at Qiscus. Needed for individual delivery. */
  channelId?: number;
  /** `2000/1h`: at most so many recipients in any such duration. Default: no limit. */
  pace?: string;
  /** When recipients may be messaged: `08:00-20:00`; `20:00-04:00` closes on the next day. Default: at any time. */
  window?: string;
  /** The days on which the window opens: `mon-sat`, `mon,wed,fri`. Default: every day. */
  windowDays?: string;
  /** IANA, such as `Asia/Jakarta`: the time zone of the window, and of a start or schedule without an offset. */
  timeZone?: string;
  /** At most so many recipients of the account's portfolio in any 24 hours, whatever run they are of. Default: no limit. */
  dailyLimit?: number;
  /** How long before its start a batch is handed to Qiscus: `at-once` (the default), or such as `2h`. */
  handOver?: string;
  /** How many recipients go out first; then the run is held until an operator resumes it. Default: it isn't held. */
  first?: number;
  /** A batch that would start later than this after its time fails: `4h`. Default: it is sent however late it is. */
  tooLateAfter?: string;
};

export const plainDelivery: Delivery = {
  channelId: null,
  pace: null,
  window: null,
  dailyLimit: null,
  handOverAheadMs: null,
  first: null,
  tooLateAfterMs: null,
  individual: null,
};

const everyDay = [1, 2, 3, 4, 5, 6, 7];
export const largestId = 2 ** 31 - 1;
/** More than this is a mistaken unit; and a start has to stay within what a Date can hold. */
export const longestMs = 366 * 86_400_000;

/** Reads what was asked for. `faults` holds a sentence for each setting that is wrong; that setting is null then. */
export function readDelivery(request: DeliveryRequest): { delivery: Delivery; faults: string[] } {
  const faults: string[] = [];
  const read = <T>(field: keyof DeliveryRequest, reading: (value: unknown) => T | undefined, right: string) => {
    const value: unknown = request[field];
    if (value === undefined) return null;
    const found = reading(value);
    if (found === undefined) faults.push(`${field} is ${show(value)}; write ${right}.`);
    return found ?? null;
  };
  const requireBeside = (field: keyof DeliveryRequest, other: keyof DeliveryRequest, right: string) => {
    if (request[field] === undefined || request[other] !== undefined) return;
    faults.push(`${field} is ${show(request[field])} without ${other}; add ${right}.`);
  };

  const channelId = read('channelId', whole(1, largestId), `a channel's id, a whole number from 1 up such as 1234`);
  const pace = read('pace', text(readPace), 'recipients and a duration of at most 366d, such as 2000/1h');
  const hours = read('window', text(readHours), 'when it opens and when it closes, such as 08:00-20:00 or 00:00-24:00');
  const days = read('windowDays', text(readDays), 'days such as mon-sat or mon,wed,fri');
  requireBeside('windowDays', 'window', 'a window such as 08:00-20:00');
  const zoneFault = request.timeZone === undefined ? undefined : timeZoneFault(request.timeZone);
  if (zoneFault !== undefined) faults.push(`timeZone: ${zoneFault}.`);
  const timeZone = zoneFault === undefined ? (request.timeZone ?? null) : null;
  requireBeside('window', 'timeZone', 'a time zone such as Asia/Jakarta');
  const dailyLimit = read('dailyLimit', whole(1), 'a whole number of recipients from 1 up, such as 10000');
  const handOver = read('handOver', text(readHandOver), 'at-once, or how long ahead, at most 366d, such as 2h');
  const first = read('first', whole(1, batchCapacity), `a whole number from 1 to ${batchCapacity}, such as 100`);
  const tooLateAfterMs = read('tooLateAfter', text(readSpan), 'a duration above 0 and at most 366d, such as 6h');

  const kind = read('delivery', oneOf('bulk', 'individual'), 'bulk or individual');
  const templateName = read('templateName', text(label), "the template's name at Qiscus, such as invoice_update");
  const namespace = read('namespace', text(label), "the template's namespace at Qiscus");
  const language = read('language', text(label), "the template's language at Qiscus, such as id");
  const force = read('force', oneOf(true, false), 'true or false');
  if (kind === 'individual') {
    for (const field of ['channelId', 'templateName', 'namespace', 'language'] as const)
      if (request[field] === undefined)
        faults.push(`delivery is "individual" without ${field}; the template's page at Qiscus shows it.`);
    if (first !== null && first > 1)
      faults.push(`first is ${first}; with individual delivery one message goes out first: write 1.`);
  } else {
    for (const field of ['templateName', 'namespace', 'language', 'force'] as const)
      if (request[field] !== undefined) faults.push(`${field} is only for delivery "individual".`);
  }
  const individual =
    kind === 'individual' && templateName !== null && namespace !== null && language !== null
      ? { templateName, namespace, language, force: force === true }
      : null;

  const window = hours && timeZone !== null ? { ...hours, days: days ?? everyDay, timeZone } : null;
  const handOverAheadMs = handOver === 'at-once' ? null : handOver;
  return {
    delivery: { channelId, pace, window, dailyLimit, handOverAheadMs, first, tooLateAfterMs, individual },
    faults,
  };
}

/** Whether anything can move the start of a batch. */
export function isLimited(delivery: Delivery): boolean {
  return delivery.pace !== null || delivery.window !== null || delivery.dailyLimit !== null;
}

/** How large a batch may be: within every limit, and so that whole batches use a limit up as far as possible. */
export function batchCapacityOf(delivery: Delivery): number {
  if (delivery.individual) return 1;
  const limits = [delivery.pace?.recipients, delivery.dailyLimit].filter((limit) => typeof limit === 'number');
  const shares = limits.map((limit) => Math.max(1, Math.floor(limit / Math.ceil(limit / batchCapacity))));
  return Math.min(batchCapacity, ...shares);
}

function readPace(written: string): Pace | undefined {
  const [, amount, duration = ''] = /^(\d{1,15})\/(\w+)$/.exec(written.trim()) ?? [];
  const durationMs = readSpan(duration);
  const recipients = Number(amount);
  return durationMs !== undefined && recipients >= 1 ? { recipients, durationMs } : undefined;
}

function readHours(written: string): { opensAt: number; closesAt: number } | undefined {
  const match = /^(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)$/.exec(written.trim());
  if (!match) return undefined;
  const [openHour = 0, openMinute = 0, closeHour = 0, closeMinute = 0] = match.slice(1).map(Number);
  const opensAt = openHour * 60 + openMinute;
  const closesAt = closeHour * 60 + closeMinute;
  return opensAt < 1440 && closesAt <= 1440 && opensAt !== closesAt ? { opensAt, closesAt } : undefined;
}

function readDays(written: string): readonly number[] | undefined {
  const days: number[] = [];
  for (const part of written.toLowerCase().split(',')) {
    const ends = part.split('-').map((name) => weekdays.indexOf(name.trim()) + 1);
    const [from = 0, to = from] = ends;
    if (ends.length > 2 || from === 0 || to === 0) return undefined;
    for (let day = from; day !== to; day = (day % 7) + 1) days.push(day);
    days.push(to);
  }
  return ascending(days);
}

function readHandOver(written: string): 'at-once' | number | undefined {
  return written.trim() === 'at-once' ? 'at-once' : whole(0, longestMs)(parseDuration(written));
}

function readSpan(written: string): number | undefined {
  return whole(1, longestMs)(parseDuration(written));
}

function label(written: string): string | undefined {
  return isLabel(written) ? written : undefined;
}

export function oneOf<T>(...values: readonly T[]): (value: unknown) => T | undefined {
  return (value) => values.find((known) => known === value);
}

export function text<T>(reading: (written: string) => T | undefined): (value: unknown) => T | undefined {
  return (value) => (typeof value === 'string' ? reading(value) : undefined);
}

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (value: unknown) => number | undefined {
  return (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined;
}

export function ascending(days: readonly number[]): readonly number[] {
  return [...new Set(days)].sort((a, b) => a - b);
}

export function show(value: unknown): string {
  if (typeof value === 'string') return showMasked(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return showMasked(String(value)).slice(1, -1);
}
