import type { Forecast } from '../../domain/campaigns/forecast.js';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { describeRetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { retryWords } from '../../domain/resending/retry-words.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import type { RunRow } from '../../store/runs.js';
import type { RunOrigin } from '../../store/views/firing-views.js';
import { type Html, html } from './html.js';
import { facts } from './parts.js';
import { forecastWords, templateWords, time, timeOr } from './words.js';

const runLink = (id: string): Html => html`<a href="/runs/${id}">${id}</a>`;

/** When a run goes out, and what it is. */
export function runFacts(
  run: RunView,
  row: RunRow,
  forecast: Forecast | null,
  { campaign, template, draftId }: RunOrigin,
): Html {
  return facts([
    [
      'Forecast',
      forecast
        ? html`${(run.held || run.status === 'paused') && 'once it goes on: '}${forecastWords(forecast)}`
        : 'nothing is left to be handed over',
    ],
    ['Starts', timeOr(run.startAt, 'at once')],
    ['Next hand-over', run.handOverAt && time(run.handOverAt)],
    [
      'Begun',
      html`${time(row.createdAt)}${run.approval?.startedBy && html` by <span class="words">${run.approval.startedBy}</span>`}`,
    ],
    [
      'Approved',
      run.approval?.approvedAt &&
        html`${time(run.approval.approvedAt)} by <span class="words">${run.approval.approvedBy}</span>${run.approval.waits && '; it has changed since'}`,
    ],
    ['All in since', row.sealedAt ? time(row.sealedAt) : 'recipients may still come'],
    ['Paused since', row.pausedAt && time(row.pausedAt)],
    ['Cancelled', row.cancelledAt && time(row.cancelledAt)],
    ['Purged', run.purgedAt && html`${time(run.purgedAt)}: numbers and values were removed`],
    ['Delivery', individualWords(run)],
    ['Limits', describeDelivery({ ...run.delivery, individual: null })],
    ['Account', run.account === 'default' ? null : run.account],
    ['Campaign', campaign && html`<a href="/campaigns/${encodeURIComponent(campaign)}">${campaign}</a>`],
    ['Draft', draftId && html`<a href="/drafts/${draftId}">${draftId}</a>`],
    ['Template', templateWords(run.templateDetailId, template)],
    ['Columns', row.columns.join(', ')],
    ['Key', run.key],
    ['Sent again to those of', run.resendOf && runLink(run.resendOf)],
    ['Sent again by itself', retry(run)],
    ['Sent again as', run.resends.length > 0 && html`${run.resends.map((id) => html`${runLink(id)} `)}`],
  ]);
}

function retry({ retryAfterFailure: asked, retry: next }: RunView): Html | null {
  if (!asked || !next) return null;
  const turn = next.turn > 0 && ` (this is number ${next.turn})`;
  const standing =
    next.runId === null
      ? next.at === null
        ? retryWords(next, String)
        : html`next at ${time(next.at)}${next.reason !== null && `; ${next.reason}`}`
      : html`${next.outcome === 'sent_again' ? 'done' : 'being done'}, as ${runLink(next.runId)}${next.outcome === 'stopped' && `; stopped: ${next.reason}`}`;
  return html`${describeRetryAfterFailure(asked)}${turn}: <span class="words">${standing}</span>`;
}

function individualWords({ delivery: { individual } }: RunView): Html | null {
  return (
    individual &&
    html`individually, each recipient a message and a batch of its own, as <span class="words">${individual.templateName} (${individual.language})</span>`
  );
}
