import { z } from 'zod';
import type { Context } from '../../context.js';
import { type AuditEntry, auditEntries } from '../../store/audit-log.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { pager, table } from '../html/parts.js';
import { time } from '../html/words.js';

const perPage = 50;

/** Who changed what through the admin, newest first. */
export function addAuditPage(app: AdminApp, ctx: Context): void {
  app.get(
    '/audit',
    {
      schema: {
        querystring: z.object({
          before: z
            .string()
            .regex(/^\d{1,18}$/)
            .optional(),
        }),
      },
    },
    async (request, reply) => {
      const { before } = request.query;
      const entries = await auditEntries(ctx.db, perPage + 1, before === undefined ? undefined : BigInt(before));
      const shown = entries.slice(0, perPage);
      return show(request, reply, {
        title: 'Audit log',
        section: 'Audit log',
        content: html`<h1>Audit log</h1><p class="hint">What was changed through this dashboard and the HTTP API, and every change of a campaign. Other changes by the command line are not in it.</p>${
          shown.length === 0
            ? html`<p class="empty">Nothing was changed ${before === undefined ? 'yet' : 'before that'}.</p>`
            : table(
                'Changes, newest first',
                ['When', 'Who', 'What', 'Of', 'With', 'Came to'],
                shown.map((entry) => [
                  time(entry.at),
                  entry.actor,
                  html`<code class="words">${entry.action}</code>`,
                  html`<span class="words">${targetLink(entry.target)}</span>`,
                  html`<code class="words">${detailWords(entry.detail)}</code>`,
                  cameTo(entry),
                ]),
              )
        }${pager({
          newest: before === undefined ? undefined : '/audit',
          next: entries.length > perPage ? `/audit?before=${shown.at(-1)?.id}` : undefined,
        })}`,
      });
    },
  );
}

function targetLink(target: string): Html {
  if (/^r[0-9a-z]+$/.test(target)) return html`<a href="/runs/${target}">${target}</a>`;
  if (/^r[0-9a-z]+-\d+$/.test(target)) return html`<a href="/batches/${target}">${target}</a>`;
  return html`${target}`;
}

function detailWords(detail: unknown): string {
  const text = JSON.stringify(detail);
  return text === '{}' || text === undefined ? '' : text;
}

function cameTo({ status }: AuditEntry): Html {
  if (status === null) return html`<span class="mark warn">begun, its end was not recorded</span>`;
  if (status < 400) return html`<span class="mark good">done</span>`;
  return html`<span class="mark bad">${status < 500 ? 'refused' : 'failed'}, ${String(status)}</span>`;
}
