import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { type BatchStatus, batchIdOf, batchStatuses } from '../../domain/runs/batch.js';
import { limitNames } from '../../domain/timing/batch-start.js';
import { forecastRest } from '../../pipeline/campaigns/forecast.js';
import { requireRun } from '../../pipeline/require-run.js';
import { type ResultsByHour, viewHours } from '../../pipeline/views/view-results.js';
import { type RunView, viewRun } from '../../pipeline/views/view-run.js';
import type { RunRow } from '../../store/runs.js';
import { type BatchView, batchesAfter, type FailureReason, failureReasons } from '../../store/views/batch-views.js';
import { originOf } from '../../store/views/firing-views.js';
import { mayApprove, mayChange } from '../access/roles.js';
import { mostCells } from '../api/run-events.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { possibleChanges } from '../forms/run-changes.js';
import { throughputChart } from '../html/chart.js';
import { type Html, html } from '../html/html.js';
import { bar, batchMark, pager, stateLegend, stateWords, table } from '../html/parts.js';
import { exportsByFate, funnel, messageFailures, resultsByHour } from '../html/results.js';
import { runFacts } from '../html/run-facts.js';
import { batches, count, masked, plural, standing, time } from '../html/words.js';
import { concerns } from './run-concerns.js';
import { runPreview } from './run-preview.js';

const batchesPerPage = 50;
const reasonsShown = 20;

type Asked = { status?: BatchStatus | undefined; after: number };

export function addRunPage(app: AdminApp, ctx: Context): void {
  app.get(
    '/runs/:runId',
    {
      schema: {
        params: z.object({ runId: z.string().max(40) }),
        querystring: z.object({
          status: z.enum(batchStatuses).optional().catch(undefined),
          after: z.coerce.number().int().min(0).max(1e9).catch(0).default(0),
        }),
      },
    },
    async (request, reply) => {
      const row = await requireRun(ctx, request.params.runId);
      const viewed = viewRun(ctx, row.id);
      const [run, forecast, chart, reasons, listed, hours, preview, origin] = await Promise.all([
        viewed,
        viewed.then((rest) => forecastRest(ctx, row, rest)),
        viewed.then((seen) => throughputChart(ctx, seen)),
        failureReasons(ctx.db, row.id, reasonsShown + 1),
        batchesAfter(ctx.db, row.id, request.query.after, batchesPerPage + 1, request.query.status),
        viewHours(ctx, [row.id]),
        runPreview(ctx, row, 1, request.actor),
        originOf(ctx.db, row),
      ]);
      return show(request, reply, {
        title: `${run.name} · Run ${run.id}`,
        section: 'Runs',
        scripts: ['run.js'],
        content: html`<div class="head" data-run="${run.id}"${run.status === 'finished' && html` data-finished`}>
<p class="trail"><a href="/runs">Runs</a></p>
<h1>${run.name}</h1>
<p id="standing" data-live aria-live="polite"><code>${run.id}</code> ${standing(run)}</p>
${buttons(run, row, request.actor)}
</div>
<div id="concerns" data-live>${concerns(run, request.actor)}</div>
<section aria-labelledby="figures-head"><h2 id="figures-head">Recipients</h2><div id="figures" data-live>${figures(run)}</div></section>
<section aria-labelledby="messages-head"><h2 id="messages-head">What became of the messages</h2><div id="messages" data-live>${messages(run, hours)}</div></section>
${grid(run)}
<div class="pair">
<section aria-labelledby="progress-head"><h2 id="progress-head">When</h2><div id="when" data-live>${runFacts(run, row, forecast, mayChange(request.actor) ? origin : { ...origin, draftId: null })}</div></section>
<section aria-labelledby="chart-head"><h2 id="chart-head">Handed over</h2><div id="chart" data-live>${chart}</div></section>
</div>
<section aria-labelledby="preview-head"><h2 id="preview-head">What people see</h2><div id="preview"${isEmpty(run) && html` data-live`}>${preview}</div></section>
<div id="failures" data-live>${failures(run, reasons)}</div>
<section aria-labelledby="batches"><h2 id="batches">Batches</h2><div id="list" data-live>${list(run, listed, request.query)}</div></section>`,
      });
    },
  );
}

function buttons(run: RunView, row: RunRow, actor: Actor): Html {
  const changes = mayChange(actor) ? possibleChanges(run, row) : [];
  const canResend = mayChange(actor) && run.recipients.scheduled > 0 && run.purgedAt === null;
  const canExport = run.recipients.enqueued > 0 && run.purgedAt === null;
  const canApprove = mayApprove(actor) && run.held?.kind === 'approval';
  return html`<p class="buttons" id="buttons" data-live>${canApprove && html`<a class="button" id="do-approve" href="/runs/${run.id}/approve">Approve</a> `}${changes.map(
    ({ what, name, danger }) =>
      html`<a class="button ${danger === true && 'danger'}" id="do-${what}" href="/runs/${run.id}/${what}">${name}</a> `,
  )}${canResend && html`<a class="button" id="do-resend" href="/runs/${run.id}/resend">Send again</a> `}<a class="button quiet" id="verify" href="/runs/${run.id}/verification">Verify</a>${
    canExport &&
    html` <a class="button quiet" id="export" href="/api/v1/runs/${run.id}/export" download>Export as CSV</a>`
  }</p>`;
}

/** Refresh only while no row is shown, to keep what somebody typed. */
function isEmpty({ batches: of }: RunView): boolean {
  return batchStatuses.every((status) => of[status] === 0);
}

function figures(run: RunView): Html {
  const { recipients: of, batches: in_ } = run;
  const states = ['buffered', ...batchStatuses] as const;
  const shown = states.filter((state) => of[state] > 0 || state === 'scheduled');
  const aside = [
    of.duplicates > 0 && `${plural(of.duplicates, 'duplicate')} left out`,
    of.suppressed > 0 && html`<a href="/suppressions">${count(of.suppressed)} suppressed</a>`,
    of.rejected > 0 && html`<a href="/runs/${run.id}/rejections">${plural(of.rejected, 'row')} rejected</a>`,
    of.promised > of.enqueued + of.missing && `${count(of.promised)} promised`,
  ].filter((words) => words !== false);
  return html`<p class="sum"><b>${count(of.enqueued)}</b> enqueued${aside.length > 0 && html` <span class="faint">${aside.map((words, at) => html`${at > 0 && ' · '}${words}`)}</span>`}</p>
${bar(run, { legend: false })}
<dl class="figures">${shown.map(
    (state) =>
      html`<div class="${state}"><dt><span class="swatch ${state}"></span>${state}</dt><dd><b>${count(of[state])}</b>${
        state !== 'buffered' && html` <span class="faint">in ${batches(in_[state])}</span>`
      }<span class="hint">${stateWords[state]}</span></dd></div>`,
  )}</dl>`;
}

function messages({ id, purgedAt, messages: results }: RunView, hours: ResultsByHour): Html {
  if (results.handedOver === 0) return html`<p class="empty">Nothing was handed over so far.</p>`;
  const exportPath = purgedAt === null ? (query: string) => `/api/v1/runs/${id}/export?${query}` : undefined;
  return html`${funnel(results)}${exportPath && exportsByFate(results, exportPath)}${resultsByHour({ ...results, hours })}${messageFailures(results, exportPath)}`;
}

function failures(run: RunView, reasons: readonly FailureReason[]): Html {
  if (reasons.length === 0) return html``;
  const shown = reasons.slice(0, reasonsShown);
  return html`<section aria-labelledby="failures-head"><h2 id="failures-head">Why batches failed or are unknown</h2>
${table(
  'Reasons',
  ['State', 'Reason', 'Batches', 'Recipients', 'First'],
  shown.map(({ status, reason, batches: number, recipients: people, firstBatchId }) => [
    batchMark(status),
    html`<span class="words">${masked(reason)}</span>`,
    number,
    people,
    html`<a href="/batches/${firstBatchId}">${firstBatchId}</a>`,
  ]),
)}${reasons.length > reasonsShown && html`<p class="faint">More reasons have fewer recipients: see <a href="/runs/${run.id}?status=failed#batches">all failed batches</a>.</p>`}</section>`;
}

/** Drawn by a script, from one answer with a letter a batch. */
function grid(run: RunView): Html {
  const total = batchStatuses.reduce((sum, status) => sum + run.batches[status], 0);
  return html`<section aria-labelledby="grid-head" class="grid"><h2 id="grid-head" data-live>${
    total === 0 ? `No batches${run.status === 'finished' ? '' : ' yet'}` : html`${batches(total)}, a cell each`
  }</h2>
<div id="grid-legend" data-live>${stateLegend(run.batches)}</div>
<canvas id="grid" role="img" aria-label="The state of each batch, the first at the top left; the table below has the same in words"></canvas>
<p class="hint" id="grid-told" aria-live="polite">${total > mostCells && `The first ${count(mostCells)} are shown. `}Point at a cell, or choose one with the arrow keys, to see which batch it is; click it or press Enter to open it.</p>
<noscript><p class="hint">The grid needs JavaScript; the table has the same.</p></noscript></section>`;
}

function list(run: RunView, listed: readonly BatchView[], { status, after }: Asked): Html {
  const shown = listed.slice(0, batchesPerPage);
  const path = (from: number, of: BatchStatus | undefined) => {
    const query = new URLSearchParams({ ...(of && { status: of }), ...(from > 0 && { after: String(from) }) });
    return `/runs/${run.id}${query.size > 0 ? `?${query}` : ''}#batches`;
  };
  const filters: (BatchStatus | undefined)[] = [undefined, ...batchStatuses.filter((known) => run.batches[known] > 0)];
  return html`<nav class="filters" aria-label="Batches by state"><ul>${filters.map(
    (of) =>
      html`<li><a href="${path(0, of)}"${of === status && html` aria-current="true"`}>${of ?? 'all'}${
        of && html` <span class="faint">${count(run.batches[of])}</span>`
      }</a></li>`,
  )}</ul></nav>
${
  shown.length === 0
    ? html`<p class="empty">No batches${status && ` are ${status}`}${after > 0 && ' any further'}.</p>`
    : table(
        `Batches${status ? ` that are ${status}` : ''}`,
        ['Batch', 'State', 'Recipients', 'Starts', 'Job', 'Sends', 'Error'],
        shown.map((batch) => [
          html`<a href="/batches/${batchIdOf(run.id, batch.number)}">${batch.id}</a>`,
          batchMark(batch.status),
          batch.recipients,
          html`${batch.startedAt !== null ? time(batch.startedAt) : batch.status === 'scheduled' ? 'at once' : ''}${
            batch.movedBy && html` <span class="faint">${movedWords(batch.movedBy)}</span>`
          }`,
          batch.broadcastJobId === null ? '' : String(batch.broadcastJobId),
          batch.attempts,
          batch.error === null ? '' : html`<span class="words">${masked(batch.error)}</span>`,
        ]),
      )
}
${pager({
  newest: after > 0 ? path(0, status) : undefined,
  next: listed.length > batchesPerPage ? path(shown.at(-1)?.number ?? 0, status) : undefined,
  nextName: 'Next page',
})}`;
}

export function movedWords(movedBy: NonNullable<BatchView['movedBy']>): string {
  return movedBy === 'late' ? 'late' : `moved by its ${limitNames[movedBy]}`;
}
