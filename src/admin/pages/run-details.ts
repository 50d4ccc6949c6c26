import * as z from 'zod';
import type { Context } from '../../context.js';
import { verify } from '../../pipeline/operating/verify.js';
import { requireRun } from '../../pipeline/require-run.js';
import { rejectionsPage } from '../../pipeline/views/list-rejections.js';
import { reasonOfRowFor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { type Content, html } from '../html/html.js';
import { pager, table } from '../html/parts.js';
import { masked } from '../html/words.js';

const rejectionsPerPage = 100;
const params = z.object({ runId: z.string().max(40) });

/** What of a run has a page of its own: the rows that were not taken, and whether every recipient is accounted for. */
export function addRunDetails(app: AdminApp, ctx: Context): void {
  app.get(
    '/runs/:runId/rejections',
    { schema: { params, querystring: z.object({ cursor: z.string().max(2_000).optional() }) } },
    async (request, reply) => {
      const { runId } = request.params;
      const { cursor } = request.query;
      const run = await requireRun(ctx, runId);
      const { items, next } = await rejectionsPage(ctx, runId, rejectionsPerPage, cursor);
      const path = `/runs/${runId}/rejections`;
      const content =
        items.length === 0
          ? html`<p class="empty">No row was rejected.</p>`
          : html`${table(
              'Rejected rows',
              ['Source', 'Row', 'Reason'],
              items.map(({ source, position, reason }) => [
                html`<span class="words">${masked(source)}</span>`,
                position,
                html`<span class="words">${masked(reasonOfRowFor(request.actor, reason))}</span>`,
              ]),
            )}${pager({
              newest: cursor === undefined ? undefined : path,
              next: next === null ? undefined : `${path}?cursor=${encodeURIComponent(next)}`,
              nextName: 'Next page',
            })}`;
      return show(request, reply, page(run, 'Rejected rows', content));
    },
  );

  app.get('/runs/:runId/verification', { schema: { params } }, async (request, reply) => {
    const run = await requireRun(ctx, request.params.runId);
    const { ok, breaches } = await verify(ctx, run.id);
    const content = ok
      ? html`<p class="notice done">Every recipient is accounted for, once, and every rule of the ledger holds.</p>`
      : html`<ul class="concerns">${breaches.map(
          ({ rule, detail }) =>
            html`<li class="bad"><h2>Broken: ${rule}</h2><p class="words">${masked(detail)}</p></li>`,
        )}</ul>`;
    return show(request, reply, page(run, 'Verification', content));
  });
}

function page(run: { id: string; name: string }, title: string, content: Content) {
  return {
    title: `${title} · ${run.name}`,
    section: 'Runs',
    content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${run.id}">${run.name}</a></p><h1>${title}</h1>${content}`,
  };
}
