import * as z from 'zod';
import type { Context } from '../../context.js';
import { auditActions } from '../../domain/audit/audit-actions.js';
import { type AuditView, viewAudit } from '../../pipeline/views/view-audit.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { type Content, type Html, html } from '../html/html.js';
import { pager, table } from '../html/parts.js';
import { time } from '../html/words.js';
import { auditQuery } from '../schemas/audit.js';

const perPage = 50;

const pageQuery = z.object({
  ...auditQuery,
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});
type PageQuery = z.infer<typeof pageQuery>;

/** Who did what, newest first. */
export function addAuditPage(app: AdminApp, ctx: Context): void {
  app.get('/audit', { schema: { querystring: pageQuery } }, async (request, reply) => {
    const { before, ...query } = request.query;
    const older = before === undefined ? undefined : BigInt(before);
    const entries = await viewAudit(ctx, query, perPage + 1, older);
    const shown = entries.slice(0, perPage);
    return show(request, reply, {
      title: 'Audit log',
      section: 'Audit log',
      content: html`<h1>Audit log</h1><p class="hint">What was changed, and which numbers were looked up: through this dashboard, the HTTP API, the library and the command line. An entry is written before the change, and can't be changed.</p>${filterForm(query)}${
        shown.length === 0
          ? html`<p class="empty">Nothing like that was done${before === undefined ? '' : ' before that'}.</p>`
          : table(
              'What was done, newest first',
              ['When', 'What was done', 'Of', 'With', 'Came to'],
              shown.map((entry) => [
                time(entry.at),
                html`<span class="words">${entry.text}</span>`,
                targetLink(entry.target),
                detailOf(entry.detail),
                cameTo(entry),
              ]),
            )
      }${pager({
        newest: before === undefined ? undefined : addressOf(query),
        next: entries.length > perPage ? addressOf({ ...query, before: shown.at(-1)?.id }) : undefined,
      })}`,
    });
  });
}

function filterForm(query: PageQuery): Html {
  const { actor, action, target } = query;
  const actions = auditActions.map((name) => html`<option${name === action ? html` selected` : ''}>${name}</option>`);
  return html`<form class="narrow" method="get" action="/audit" role="search" aria-label="Entries">
<p><label for="actor">Who did it</label><input id="actor" name="actor" value="${actor ?? ''}" maxlength="200"></p>
<p><label for="action">What was done</label><select id="action" name="action"><option value="">anything</option>${actions}</select></p>
<p><label for="target">Run, batch or campaign</label><input id="target" name="target" value="${target ?? ''}" maxlength="200"></p>
<p class="buttons"><button>Show</button></p></form><p class="hint"><a href="${addressOf(query, '/api/v1/audit.csv')}" download>All of it as CSV</a>; by a phone number: <code>siaran audit --number NUMBER</code></p>`;
}

function addressOf(query: PageQuery, path = '/audit'): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return path;
  const fields = given.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]);
  return `${path}?${new URLSearchParams(Object.fromEntries(fields))}`;
}

function targetLink(target: string): Content {
  if (target === '') return false;
  if (/^r[0-9a-z]+$/.test(target)) return html`<a class="id" href="/runs/${target}">${target}</a>`;
  if (/^r[0-9a-z]+-\d+$/.test(target)) return html`<a class="id" href="/batches/${target}">${target}</a>`;
  return html`<span class="words">${target}</span>`;
}

function detailOf(detail: unknown): Content {
  const text = JSON.stringify(detail);
  return text !== '{}' && text !== undefined && html`<code class="words">${text}</code>`;
}

function cameTo({ status }: AuditView): Html {
  if (status === null) return html`<span class="mark warn">begun, its end was not recorded</span>`;
  if (status < 400) return html`<span class="mark good">done</span>`;
  return html`<span class="mark bad">${status < 500 ? 'refused' : 'failed'}, ${String(status)}</span>`;
}
