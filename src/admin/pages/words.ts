import type { Actor } from '../../domain/admin-token.js';
import { limitNames } from '../../domain/batch-start.js';
import type { Forecast } from '../../domain/forecast.js';
import { maskMessageId, maskNumbersBesideDatesIn, maskPhoneNumber } from '../../domain/phone-number.js';
import type { RunView } from '../../pipeline/view-run.js';
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

/** An instant in UTC; a script writes it as the reader's own clock has it. */
export function time(at: string | Date): Html {
  const iso = typeof at === 'string' ? at : at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

export function timeOr(at: string | Date | null, otherwise: string): Html {
  return at === null ? html`${otherwise}` : time(at);
}

/** A text that others wrote: the provider, an operator. */
export function masked(text: string): string {
  return maskNumbersBesideDatesIn(text);
}

const outcomeWords: Record<NonNullable<RunView['outcome']>, string> = {
  needs_attention: 'needs attention',
  failed: 'failed',
  cancelled: 'cancelled',
  delivered_with_failures: 'delivered with failures',
  delivered: 'delivered',
};

const statusWords: Record<RunView['status'], string> = {
  open: 'open, takes recipients',
  sealed: 'all recipients are in',
  paused: 'paused',
  cancelled: 'being cancelled',
  finished: 'finished',
};

/** How a run stands, as a word with a colour and a sign. */
export function standing({ status, outcome, held }: Pick<RunView, 'status' | 'outcome' | 'held'>): Html {
  const tone = toneOf(outcome ?? status);
  const words = outcome ? outcomeWords[outcome] : statusWords[status];
  return html`<span class="mark ${tone}">${words}</span>${
    held && status !== 'finished' && html` <span class="mark warn">held</span>`
  }`;
}

function toneOf(state: NonNullable<RunView['outcome']> | RunView['status']): string {
  if (state === 'delivered') return 'good';
  if (state === 'needs_attention' || state === 'failed' || state === 'delivered_with_failures') return 'bad';
  return state === 'paused' ? 'warn' : 'plain';
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
export function numberFor({ role }: Actor, phoneNumber: string): string {
  return role === 'operator' ? phoneNumber : maskPhoneNumber(phoneNumber);
}

/** The id of a message as this person may see it. */
export function messageIdFor({ role }: Actor, messageId: string): string {
  return role === 'operator' ? messageId : maskMessageId(messageId);
}

const cameFar: Readonly<Record<string, string>> = {
  scheduled: 'taken by Qiscus, not sent yet',
  sent: 'sent, not delivered yet',
  delivered: 'delivered',
  read: 'delivered and read',
  failed: 'not delivered',
};

/** How far a message has come. */
export function cameWords(status: string): Html {
  const tone = status === 'failed' ? 'bad' : status === 'delivered' || status === 'read' ? 'good' : 'plain';
  return html`<span class="mark ${tone}">${cameFar[status] ?? status}</span>`;
}
