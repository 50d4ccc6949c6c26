import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { type RunView, viewRuns } from '../../pipeline/views/view-run.js';
import { accountNames } from '../../store/accounts.js';
import { findRunIds } from '../../store/views/run-list.js';
import { runTimes } from '../../store/views/snapshot.js';
import { mayChange, reasonOfFiringFor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { bulkLinks } from '../forms/bulk-changes.js';
import { type Html, html } from '../html/html.js';
import { bar, pager } from '../html/parts.js';
import { count, masked, plural, recipients, standing, time, timeOr } from '../html/words.js';
import { attentionList } from './attention.js';
import { holdAdvice } from './run-concerns.js';
import { filterForm, filterOf, isNarrowed, pageQuery, pathOf } from './run-filter.js';

const perPage = 25;

/** More stand on a page of their own. */
const mostNeeding = 10;

/** Runs, newest first. */
export function addRunsPage(app: AdminApp, ctx: Context): void {
  app.get('/', (_request, reply) => reply.redirect('/runs', 303));

  app.get('/runs', { schema: { querystring: z.object(pageQuery) } }, async (request, reply) => {
    const { before, ...asked } = request.query;
    const filter = filterOf(asked);
    const [ids, accounts] = await Promise.all([findRunIds(ctx.db, filter, perPage + 1, before), accountNames(ctx.db)]);
    const shown = ids.slice(0, perPage);
    const [runs, startedAt] = await Promise.all([viewRuns(ctx, shown), runTimes(ctx.db, shown)]);
    const isFirst = before === undefined && !isNarrowed(asked);
    const next = ids.length > perPage ? pathOf(asked, shown.at(-1)) : undefined;
    return show(request, reply, {
      title: 'Runs',
      section: 'Runs',
      content: html`<h1>Runs</h1>
${isFirst && html`<section aria-labelledby="needs-head"><h2 id="needs-head">What needs you</h2><div id="attention" data-live>${attentionList(request.desk?.attention, request.actor, mostNeeding)}</div></section>`}
${filterForm(asked, accounts)}
${mayChange(request.actor) && runs.length > 0 && bulkLinks(asked)}
<div id="runs" data-live data-every="${runs.some(({ status }) => status !== 'finished') ? 5 : 30}">
${
  runs.length === 0
    ? html`<p class="empty">${isNarrowed(asked) ? 'No run fits.' : html`There are no ${before === undefined ? 'runs yet' : 'older runs'}. <code>siaran send</code>, the library, the API or a campaign starts one.`}</p>`
    : html`<ol class="runs">${runs.map((run) => listed(run, startedAt.get(run.id), request.actor))}</ol>`
}
</div>
${pager({ newest: before === undefined ? undefined : pathOf(asked), next })}`,
    });
  });
}

function listed(run: RunView, createdAt: Date | undefined, actor: Actor): Html {
  return html`<li class="run">
<div class="what"><h2><a href="/runs/${run.id}">${run.name}</a></h2><p><code>${run.id}</code>${run.account !== 'default' && html` <span class="faint">account ${run.account}</span>`}${run.delivery.individual !== null && html` <span class="faint">individually</span>`}</p></div>
<div class="how">${standing(run)}${concernWords(run)}</div>
<dl class="when"><div><dt>begun</dt><dd>${createdAt && time(createdAt)}</dd></div><div><dt>starts</dt><dd>${timeOr(run.startAt, 'at once')}</dd></div></dl>
<div class="far"><p class="total">${recipients(run.recipients.enqueued)}${run.recipients.suppressed > 0 && html` <span class="faint">${count(run.recipients.suppressed)} suppressed</span>`}${run.recipients.rejected > 0 && html` <span class="faint">${plural(run.recipients.rejected, 'row')} rejected</span>`}</p>${bar(run, { legend: true })}</div>
${
  run.held &&
  run.status !== 'finished' &&
  html`<p class="why warn">Held: ${masked(run.held.reason)}. ${holdAdvice(run.held, run.id)}</p>`
}
${run.failure !== null && html`<p class="why bad">Given up: ${masked(reasonOfFiringFor(actor, run.failure))}</p>`}
</li>`;
}

/** What of a run wants a look, in a few words each. */
function concernWords({ recipients: of, extraSends, wrongTotals, stalledSince }: RunView): Html {
  const words = [
    of.unknown > 0 && `${count(of.unknown)} unknown`,
    of.failed > 0 && `${count(of.failed)} failed`,
    of.missing > 0 && `${count(of.missing)} missing`,
    extraSends.length > 0 && plural(extraSends.length, 'extra send'),
    wrongTotals > 0 && plural(wrongTotals, 'wrong total'),
    stalledSince !== null && 'stalled',
  ].filter((word) => word !== false);
  return html`${words.length > 0 && html`<span class="concern">${words.join(', ')}</span>`}`;
}
