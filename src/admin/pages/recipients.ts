import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import type { BatchStatus } from '../../domain/runs/batch.js';
import { UsageError } from '../../errors.js';
import { findRecipient, type RecipientView } from '../../pipeline/views/find-recipient.js';
import { findSuppression, type SuppressionView } from '../../store/suppressions.js';
import type { RecipientRun } from '../../store/views/recipient-runs.js';
import { mayChange } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { orFault, show } from '../forms/answer.js';
import { addForm, numberForm, reasonFor, removalForm, sourceWords } from '../forms/suppression-forms.js';
import { type Content, type Html, html } from '../html/html.js';
import { facts, table } from '../html/parts.js';
import { cameWords, masked, messageIdFor, numberFor, plural, time } from '../html/words.js';

/** What became of one number in each run. It is posted: in an address it would stand in logs and in the browser's history. */
export function addRecipientPages(app: AdminApp, ctx: Context): void {
  app.get('/recipients', (request, reply) => show(request, reply, page(ctx, { content: null })));

  app.post(
    '/recipients',
    { schema: { body: z.object({ phoneNumber: z.string().max(200).default('') }) }, config: { lookUp: true } },
    async (request, reply) => {
      const { phoneNumber: asked } = request.body;
      const found = await orFault(findRecipient(ctx, asked));
      if (found instanceof UsageError)
        return show(request, reply.code(400), page(ctx, { content: null, asked, fault: found.message }));
      const suppression = await findSuppression(ctx.db, found.phoneNumber);
      return show(request, reply, page(ctx, { content: answer(found, suppression, request.actor) }));
    },
  );
}

// The title has no number in it either: the browser's history keeps titles.
function page(ctx: Context, shown: { content: Content; asked?: string; fault?: string }) {
  return {
    title: 'Recipient search',
    section: 'Recipients',
    content: html`<h1>Recipient search</h1>
<section aria-label="Search">${numberForm(ctx, {
      action: '/recipients',
      button: 'Search',
      focus: shown.content === null,
      ...(shown.fault !== undefined && { asked: shown.asked ?? '', fault: shown.fault }),
    })}</section>
${shown.content}`,
  };
}

function answer(
  { phoneNumber, forgotten, runs }: RecipientView,
  suppression: SuppressionView | undefined,
  actor: Actor,
): Html {
  return html`<section aria-labelledby="found"><h2 id="found">${numberFor(actor, phoneNumber)} ${runs.length > 0 && html`<span class="faint">in ${plural(runs.length, 'run')}</span>`}</h2>${
    runs.length === 0
      ? html`<p class="empty">No run has this number. Rows that wait to be cut into batches are not searched, nor purged runs, whose numbers were removed.</p>`
      : table(
          'Runs with this number, newest first',
          ['Run', 'Batch', 'Status', 'Starts', 'Message', 'Ids'],
          runs.map((run) => runRow(run, actor)),
        )
  }</section>
<section aria-labelledby="suppression"><h2 id="suppression">Suppression list</h2>${
    suppression ? listed(suppression, actor) : unlisted(phoneNumber, actor)
  }</section>${forgetting(phoneNumber, forgotten, actor)}`;
}

function forgetting(phoneNumber: string, forgotten: RecipientView['forgotten'], actor: Actor): Html {
  const told =
    forgotten &&
    html`<p>Forgotten ${time(forgotten.at)}, as ${forgotten.by} asked${
      forgotten.finishedAt === null
        ? html`. <strong>It is not complete: forget it again.</strong>`
        : html`, and complete since ${time(forgotten.finishedAt)}. Earlier runs no longer have the number.`
    }</p>`;
  if (!mayChange(actor) && !told) return html``;
  const isComplete = forgotten !== null && forgotten.finishedAt !== null;
  return html`
<section aria-labelledby="forgetting"><h2 id="forgetting">Forgetting</h2>${told}${
    mayChange(actor) && !isComplete && forgetForm(phoneNumber)
  }</section>`;
}

/** Leads to the question. */
function forgetForm(phoneNumber: string): Html {
  return html`<form method="post" action="/recipients/forgetting"><input type="hidden" name="phoneNumber" value="${phoneNumber}"><p class="hint">The owner of this number may ask to be forgotten: the number, values and names go from every run.</p><p class="buttons"><button class="danger">Forget this person</button></p></form>`;
}

function runRow(run: RecipientRun, actor: Actor): Content[] {
  const { runId, name, batchId, status } = run;
  return [
    html`<a class="words" href="/runs/${runId}">${name}</a> <code class="faint">${runId}</code>`,
    batchId === null ? '' : html`<a class="id" href="/batches/${batchId}">${batchId}</a>`,
    html`<span class="state"><span class="swatch ${status}"></span>${status}</span> <span class="faint">${partWords[status]}</span>`,
    startWords(run),
    messageWords(run),
    idsOf(run, actor),
  ];
}

function startWords({ status, startedAt }: RecipientRun): Content {
  if (startedAt !== null) return time(startedAt);
  if (status === 'suppressed' || status === 'cancelled') return '';
  return status === 'pending' || status === 'uploaded' ? 'not decided yet' : 'at once';
}

function messageWords({ status, deliveryStatus, notes }: RecipientRun): Content {
  if (deliveryStatus !== null)
    return html`${cameWords(deliveryStatus)}${notes !== null && html` <span class="words">${masked(notes)}</span>`}`;
  const mayTell = status === 'scheduled' || status === 'unknown';
  return mayTell && html`<span class="faint">Qiscus has told nothing about it</span>`;
}

/** What each state of a batch means for one of those in it. */
const partWords: Record<BatchStatus | 'suppressed', string> = {
  pending: 'waiting to be uploaded',
  uploaded: 'uploaded, not handed over',
  sending: 'being handed over',
  scheduled: 'handed over to Qiscus',
  failed: 'refused, never sent',
  unknown: 'not known whether it was sent',
  cancelled: 'cancelled, never sent',
  suppressed: 'left out: it was on the suppression list',
};

function idsOf({ broadcastJobId, broadcastLogId, messageId }: RecipientRun, actor: Actor): Html {
  return html`${broadcastJobId !== null && html`<div>job ${String(broadcastJobId)}</div>`}${
    broadcastLogId !== null && html`<div>log ${String(broadcastLogId)}</div>`
  }${messageId !== null && html`<div>message <code class="words">${messageIdFor(actor, messageId)}</code></div>`}`;
}

function listed({ phoneNumber, reason, source, addedAt }: SuppressionView, actor: Actor): Html {
  return html`<ul class="concerns"><li class="warn"><h3>It is on the list: no run messages it</h3>${facts([
    ['Reason', reasonFor(actor, reason)],
    ['How', sourceWords[source]],
    ['Since', time(addedAt)],
  ])}</li></ul>${mayChange(actor) && source !== 'forgotten' && removalForm(phoneNumber)}`;
}

function unlisted(phoneNumber: string, actor: Actor): Html {
  return html`<p>It is not on the list: runs may message it.</p>${mayChange(actor) && addForm({ phoneNumber })}`;
}
