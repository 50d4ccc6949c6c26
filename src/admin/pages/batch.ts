import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { maskGroupedNumbersIn, maskPhoneNumber } from '../../domain/numbers/mask-number.js';
import { isDigest } from '../../domain/numbers/number-digest.js';
import type { RecipientValues } from '../../domain/recipients/recipient.js';
import { describeEvidence } from '../../domain/statuses/evidence.js';
import { NotFoundError } from '../../errors.js';
import { requireRun } from '../../pipeline/require-run.js';
import type { RunRow } from '../../store/runs.js';
import type { AttemptView } from '../../store/views/attempt-history.js';
import {
  type BatchHistory,
  batchHistory,
  firstRows,
  type MessageLog,
  messageLogs,
} from '../../store/views/batch-history.js';
import { mayChange, seesValues } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { type Content, type Html, html } from '../html/html.js';
import { batchMark, facts, stateWords, table } from '../html/parts.js';
import { cameWords, masked, messageIdFor, plural, recipients, time, timeOr } from '../html/words.js';
import { movedWords } from './run.js';

const [rowsShown, logsShown, longestValue] = [5, 20, 24];

export async function requireBatch(ctx: Context, batchId: string): Promise<BatchHistory> {
  const batch = await batchHistory(ctx.db, batchId);
  if (!batch) throw new NotFoundError('batch', batchId);
  return batch;
}

export function addBatchPage(app: AdminApp, ctx: Context): void {
  app.get(
    '/batches/:batchId',
    { schema: { params: z.object({ batchId: z.string().max(60) }) } },
    async (request, reply) => {
      const batch = await requireBatch(ctx, request.params.batchId);
      const run = await requireRun(ctx, batch.runId);
      const rows = seesValues(request.actor) ? await firstRows(ctx.db, batch.id, rowsShown) : undefined;
      const logs = batch.individual ? await messageLogs(ctx.db, batch.id, logsShown) : [];
      return show(request, reply, {
        title: `Batch ${batch.id}`,
        section: 'Runs',
        content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${run.id}">${run.name}</a></p>
<h1>Batch ${batch.number}</h1>
<p><code>${batch.id}</code> ${batchMark(batch.status)} <span class="faint">${recipients(batch.recipients)}, ${stateWords[batch.status]}</span></p>
${buttons(batch, run, request.actor)}
${standsOut(batch)}
<div class="pair">
<section aria-labelledby="ids"><h2 id="ids">What it is</h2>${ids(batch)}</section>
${
  batch.individual
    ? html`<section aria-labelledby="message"><h2 id="message">Its message</h2>${message(logs, request.actor)}</section>`
    : html`<section aria-labelledby="balance"><h2 id="balance">Balance at its upload</h2>${balance(batch.uploadAnswer)}</section>`
}
</div>
<section aria-labelledby="attempts"><h2 id="attempts">Attempts</h2>${timeLine(batch)}</section>
<section aria-labelledby="rows"><h2 id="rows">First rows</h2>${rows ? firstRowsTable(run, rows) : html`<p class="empty">Viewers don't see what is written to people.</p>`}</section>`,
      });
    },
  );
}

function buttons({ id, status, canCorrect }: BatchHistory, run: RunRow, actor: Actor): Html {
  if (!mayChange(actor)) return html``;
  const canRetry = status === 'failed' && !run.cancelledAt && !run.purgedAt;
  return html`<p class="buttons">${canRetry && html`<a class="button" href="/batches/${id}/retry">Retry</a>`}${
    status === 'unknown'
      ? html`<a class="button" href="/batches/${id}/resolve">Resolve</a>`
      : canCorrect && html`<a class="button" href="/batches/${id}/resolve">Correct the resolution</a>`
  }</p>`;
}

function standsOut(batch: BatchHistory): Html {
  const extra = batch.history.filter((attempt) => attempt.extra);
  const items: Html[] = extra.map(
    (attempt) =>
      html`<li class="bad"><h2>Sent once too often</h2><p>Cancel broadcast job <b>${String(attempt.broadcastJobId)}</b> at Qiscus${attempt.startedAt && html`, before ${time(attempt.startedAt)}`}: the batch had already been settled otherwise when Qiscus accepted it.</p></li>`,
  );
  if (batch.status === 'unknown')
    items.push(
      html`<li class="bad"><h2>${batch.evidence ? 'Callbacks tell of it' : 'It is not known whether it was sent'}</h2><p>${batch.evidence && html`<strong>${sentence(describeEvidence(batch.evidence))}.</strong> `}${batch.error !== null && html`${masked(batch.error).replace(/\.?$/, '.')} `}Look at Qiscus for a broadcast whose name begins with <code>[${batch.id}.${String(batch.attempts)}]</code>, then resolve it.</p></li>`,
    );
  else if (batch.error !== null)
    items.push(
      html`<li class="bad"><h2>${batch.status === 'failed' ? 'It was refused' : 'Its latest try'}</h2><p class="words">${masked(batch.error)}</p></li>`,
    );
  return items.length === 0 ? html`` : html`<ul class="concerns">${items}</ul>`;
}

function ids(batch: BatchHistory): Html {
  const waits = batch.claimExpiresAt !== null;
  return facts([
    [
      'Starts',
      batch.attempts === 0
        ? 'not decided yet'
        : html`${timeOr(batch.startedAt, 'at once')}${batch.movedBy && html` <span class="faint">${movedWords(batch.movedBy)}</span>`}`,
    ],
    ['May be late', batch.mayBeLate ? 'yes: an operator retried it' : null],
    ['Broadcast file', batch.broadcastFileId === null ? null : String(batch.broadcastFileId)],
    ['Broadcast job', batch.broadcastJobId === null ? null : String(batch.broadcastJobId)],
    ['Total at Qiscus', totalOf(batch)],
    ['Left out', batch.suppressed === 0 ? null : `${recipients(batch.suppressed)}, suppressed since it was filled`],
    ['Kind', batch.individual ? 'a message of its own, without a file' : 'a file'],
    ['Filled', html`from ${time(batch.openedAt)} ${batch.closedAt ? html`to ${time(batch.closedAt)}` : 'on'}`],
    ['Uploaded', batch.uploadedAt && html`${time(batch.uploadedAt)}, ${plural(batch.uploads, 'try', 'tries')}`],
    ['Callbacks', batch.evidence && batch.status !== 'unknown' ? sentence(describeEvidence(batch.evidence)) : null],
    ['Handed over', batch.scheduledAt && time(batch.scheduledAt)],
    [
      'Claim',
      waits
        ? html`number ${batch.claimNumber}, ends ${time(batch.claimExpiresAt ?? '')}`
        : `none now, ${plural(batch.claimNumber, 'so far', 'so far')}`,
    ],
  ]);
}

function totalOf({ broadcastJob, recipients: size }: BatchHistory): Content {
  const total = fieldsOf(broadcastJob).total_recipient;
  if (total === undefined) return null;
  const words = String(total);
  return words === String(size) ? words : html`<strong>${words}, and the batch has ${recipients(size)}</strong>`;
}

function balance(uploadAnswer: unknown): Html {
  const { current_balance: balances, estimation_charge: charges } = fieldsOf(uploadAnswer);
  const parts = [
    ['Credit', fieldsOf(balances).credits, fieldsOf(charges).credit],
    ['Free sessions', fieldsOf(balances).free_session, fieldsOf(charges).free_session],
    ['Quota', fieldsOf(balances).quota, fieldsOf(charges).quota],
  ] as const;
  const told = parts.filter(([, there, due]) => there !== undefined || due !== undefined);
  if (told.length === 0) return html`<p class="empty">Qiscus has told nothing about it.</p>`;
  return table(
    'Balance and estimated charge',
    ['Kind', 'Balance', 'Estimated charge'],
    told.map(([name, there, due]) => [name, String(there ?? ''), String(due ?? '')]),
  );
}

function message(logs: readonly MessageLog[], actor: Actor): Html {
  if (logs.length === 0) return html`<p class="empty">Qiscus has told nothing about it.</p>`;
  return html`<ol class="logs">${logs.map(
    (log) =>
      html`<li>${facts([
        ['How far', html`${cameWords(log.status)}${log.statusAt && html`, ${time(log.statusAt)}`}`],
        ['Notes', log.notes === null ? null : html`<span class="words">${masked(log.notes)}</span>`],
        ['Sent', log.sentAt && time(log.sentAt)],
        ['Broadcast job', log.broadcastJobId === null ? null : String(log.broadcastJobId)],
        ['Broadcast log', log.broadcastLogId === null ? null : String(log.broadcastLogId)],
        [
          'Message',
          log.messageId === null
            ? null
            : html`<code class="words">${messageIdFor(actor, log.messageId)}</code>${
                log.inferred && html` <span class="faint">matched to this batch by its number and time</span>`
              }`,
        ],
      ])}</li>`,
  )}</ol>`;
}

function timeLine(batch: BatchHistory): Html {
  if (batch.history.length === 0) return html`<p class="empty">It was never sent.</p>`;
  return html`<ol class="timeline">${batch.history.map((attempt) =>
    attempt.kind === 'send' ? sendItem(batch, attempt) : decisionItem(attempt),
  )}</ol>`;
}

function sendItem(batch: BatchHistory, attempt: AttemptView): Html {
  const outcome = attempt.outcome ?? (batch.status === 'sending' ? 'being sent' : 'no answer was recorded');
  return html`<li class="${attempt.outcome ?? 'waiting'}">
<h3>Send ${attempt.number}: ${outcome.replaceAll('_', ' ')}${attempt.extra && html` <span class="mark bad">once too often</span>`}</h3>
${facts([
  [
    'When',
    html`${time(attempt.intendedAt)}${attempt.answeredAt && html`, answered ${time(attempt.answeredAt)} (${tookWords(attempt)})`}`,
  ],
  ['Worker', attempt.by],
  [
    'Asked',
    batch.individual
      ? 'POST …/broadcast/client, one message'
      : html`POST …/send_broadcast, file ${String(batch.broadcastFileId ?? 'unknown')}`,
  ],
  ['Name', html`<code>${attempt.broadcastName}</code>`],
  ['started_at', timeOr(attempt.startedAt, 'not given: at once')],
  ['Answer', attempt.httpStatus === null ? (attempt.answeredAt ? 'none' : null) : `HTTP ${attempt.httpStatus}`],
  ['Broadcast job', attempt.broadcastJobId === null ? null : String(attempt.broadcastJobId)],
  ['Error', attempt.error === null ? null : html`<span class="words">${masked(attempt.error)}</span>`],
])}</li>`;
}

function decisionItem(attempt: AttemptView): Html {
  const decided =
    attempt.outcome === 'scheduled'
      ? 'it was sent'
      : attempt.outcome === 'unknown'
        ? 'it may have been sent'
        : 'it was not sent';
  const how =
    attempt.kind === 'evidence'
      ? attempt.outcome === 'scheduled'
        ? 'Settled by callbacks'
        : 'Contradicted by callbacks'
      : 'Resolved';
  return html`<li class="resolve"><h3>${how}: ${decided}${attempt.despiteEvidence && html` <span class="mark bad">against evidence</span>`}</h3>
${facts([
  ['When', time(attempt.answeredAt ?? attempt.intendedAt)],
  ['By', attempt.by],
  ['About', `send ${attempt.number}`],
  ['Broadcast job', attempt.broadcastJobId === null ? null : String(attempt.broadcastJobId)],
  ['Callbacks', attempt.evidence && sentence(describeEvidence(attempt.evidence))],
  ['Because', attempt.reason === null ? null : masked(attempt.reason)],
])}</li>`;
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function tookWords({ intendedAt, answeredAt }: AttemptView): string {
  const ms = Date.parse(answeredAt ?? intendedAt) - Date.parse(intendedAt);
  return ms < 10_000 ? `after ${ms} ms` : `after ${Math.round(ms / 1_000)} s`;
}

/** Enough to see that the right values are in the right columns; more personal data isn't needed for that. */
function firstRowsTable(run: RunRow, rows: readonly RecipientValues[]): Html {
  if (rows.length === 0) return html`<p class="empty">${run.purgedAt ? 'They were removed.' : 'It has none.'}</p>`;
  const others = run.columns.filter((column) => column !== 'phone_number');
  return table(
    'First rows, shortened',
    ['phone_number', ...others],
    rows.map(([number = '', ...values]) => [shown(number), ...others.map((_, at) => shortened(values[at] ?? ''))]),
  );
}

function shortened(value: string): string {
  const text = maskGroupedNumbersIn(value.slice(0, 200));
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const shown = (number: string): string => (isDigest(number) ? 'forgotten' : maskPhoneNumber(number));
