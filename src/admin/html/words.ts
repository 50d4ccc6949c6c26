import type { Actor } from '../../config/admin-token.js';
import type { Forecast } from '../../domain/campaigns/forecast.js';
import { maskMessageId, maskNumbersBesideDatesIn, maskPhoneNumber } from '../../domain/numbers/mask-number.js';
import { type RunOutcome, waitsUntil } from '../../domain/runs/run.js';
import { outcomeWords, sealedWords, startsLater, waitsForApproval } from '../../domain/runs/run-words.js';
import { limitNames } from '../../domain/timing/batch-start.js';
import { splitAtInstants } from '../../domain/timing/instants-in.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { seesNumbers } from '../access/roles.js';
import { type Html, html } from './html.js';

/** 12345 as `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function recipients(value: number): string {
  return plural(value, 'recipient');
}

export function batches(value: number): string {
  return plural(value, 'batch', 'batches');
}

/** `3,000 recipients in 3 batches`. */
export function share(part: { recipients: number; batches: number }): string {
  return `${recipients(part.recipients)} in ${batches(part.batches)}`;
}

/** A run as a question speaks of it: the name says which one is meant, the id keeps runs of one name apart. */
export function named({ id, name }: { id: string; name: string }): string {
  return `"${name}" (${id})`;
}

/** A template by its name, as far as that is known; its number at Qiscus says which one it is in any case. */
export function templateWords(id: number, label: string | null): Html {
  return label === null ? html`${String(id)}` : html`${label} <span class="faint">${String(id)}</span>`;
}

/** An instant in UTC; a script writes it as the reader's own clock has it. */
export function time(at: string | Date): Html {
  const iso = typeof at === 'string' ? at : at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

export function timeOr(at: string | Date | null, otherwise: string): Html {
  return at === null ? html`${otherwise}` : time(at);
}

/** A text with its instants as the reader's own clock has them. */
export function withTimes(text: string): Html {
  return html`${splitAtInstants(text).map((piece) => (piece instanceof Date ? time(piece) : piece))}`;
}

/** A text that others wrote: the provider, an operator. */
export function masked(text: string): string {
  return maskNumbersBesideDatesIn(text);
}

type Standing = Pick<RunView, 'status' | 'outcome' | 'held' | 'startAt' | 'handOverAt'> &
  Partial<Pick<RunView, 'startsAt' | 'lastStartsAt'>>;

/** How a run stands, as a word with a colour and a sign. */
export function standing(run: Standing, now = new Date()): Html {
  const { status, outcome, held } = run;
  const tone = toneOf(outcome ?? status);
  const later = startsLater(run);
  const ended = later ? html`${later.words} ${time(later.at)}` : outcome && outcomeWords[outcome];
  const words = ended ?? statusWords(run, now);
  return html`<span class="mark ${tone}">${words}</span>${
    held && held.kind !== 'preparing' && status !== 'finished' && html` <span class="mark warn">held</span>`
  }`;
}

function statusWords(run: Standing, now: Date): Html | string {
  const { status, held } = run;
  const waits = waitsUntil(run, now);
  switch (status) {
    case 'open':
      return held?.kind === 'preparing' ? 'its rows are being read' : 'open, takes recipients';
    case 'sealed':
      return waits === null ? sealedWords(held !== null) : html`waits for ${time(waits)}`;
    case 'cancelled':
      return 'being cancelled';
    case 'paused':
      return held?.kind === 'approval' ? waitsForApproval : status;
    default:
      return status;
  }
}

function toneOf(state: RunOutcome | RunView['status']): string {
  if (state === 'handed_over') return 'good';
  if (state === 'paused') return 'warn';
  const bad: readonly string[] = ['needs_attention', 'failed', 'nobody', 'refused', 'partly_refused'];
  return bad.includes(state) ? 'bad' : 'plain';
}

/** When batches start, in words. */
export function forecastWords({ files, firstStartAt, lastStartAt, limit, tooLate }: Forecast): Html {
  if (files === 0 && tooLate > 0)
    return html`<strong>nothing is sent, as the start was missed: ${recipients(tooLate)} too late</strong>`;
  const span =
    firstStartAt === null || lastStartAt === null
      ? html`at once`
      : firstStartAt === lastStartAt
        ? html`at ${time(firstStartAt)}`
        : html`from ${time(firstStartAt)} to ${time(lastStartAt)}`;
  const because = limit !== null && html`, because of the ${limitNames[limit]}`;
  const late = tooLate > 0 && html`; <strong>${recipients(tooLate)} too late to be sent</strong>`;
  return html`${batches(files)} ${files === 1 ? 'starts' : 'start'} ${span}${because}${late}`;
}

/** A phone number as this person may see it. */
export function numberFor(actor: Actor, phoneNumber: string): string {
  return seesNumbers(actor) ? phoneNumber : maskPhoneNumber(phoneNumber);
}

/** The id of a message as this person may see it. */
export function messageIdFor(actor: Actor, messageId: string): string {
  return seesNumbers(actor) ? messageId : maskMessageId(messageId);
}

const cameFar: Readonly<Record<string, string>> = {
  scheduled: 'taken by Qiscus, not sent yet',
  sent: 'sent, not delivered yet',
  delivered: 'delivered',
  read: 'delivered and read',
  failed: 'not delivered',
  failed_after_delivered: 'delivered, and failed after it',
};

/** How far a message has come. */
export function cameWords(status: string): Html {
  const tone = status.startsWith('failed') ? 'bad' : status === 'delivered' || status === 'read' ? 'good' : 'plain';
  return html`<span class="mark ${tone}">${cameFar[status] ?? status}</span>`;
}

/** `mon` as `Mon`. */
export function weekdayWord(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
