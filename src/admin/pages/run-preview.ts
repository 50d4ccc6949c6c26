import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import { actingAs, type Context } from '../../context.js';
import { maskPhoneNumber } from '../../domain/numbers/mask-number.js';
import { requireRun } from '../../pipeline/require-run.js';
import { testSendRow } from '../../pipeline/test-sends/test-send-row.js';
import { previewRow } from '../../pipeline/views/preview.js';
import type { RunRow } from '../../store/runs.js';
import { mayChange, seesNumbers, seesValues } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { goTo, show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { messageBox } from '../html/message.js';
import { testedWords, testForm } from '../html/test-form.js';
import { count } from '../html/words.js';

const lastRow = 1e9;

/** A row of a run as its recipient sees it. */
export function addRunPreview(app: AdminApp, ctx: Context): void {
  app.get(
    '/runs/:runId/preview',
    {
      config: { shows: 'preview' },
      schema: {
        params: z.object({ runId: z.string().max(40) }),
        querystring: z.object({ row: z.coerce.number().int().min(1).max(lastRow).catch(1).default(1) }),
      },
    },
    async (request, reply) => {
      const run = await requireRun(ctx, request.params.runId);
      const { id, name } = run;
      return show(request, reply, {
        title: `What people see · ${name}`,
        section: 'Runs',
        content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${id}">${name}</a></p><h1>What people see</h1>
${await runPreview(ctx, run, request.query.row, request.actor)}`,
      });
    },
  );

  app.post(
    '/runs/:runId/test-send',
    {
      schema: {
        params: z.object({ runId: z.string().max(40) }),
        body: z.object({
          row: z.coerce.number().int().min(1).max(lastRow),
          phoneNumber: z.string().trim().max(200).default(''),
        }),
      },
    },
    async (request, reply) => {
      const { runId } = request.params;
      const { row, phoneNumber } = request.body;
      const to = phoneNumber === '' ? undefined : [phoneNumber];
      const sent = await testSendRow(actingAs(ctx, request.actor.name), runId, row, to);
      return goTo(request, reply, `/runs/${runId}/preview?row=${row}`, testedWords(sent));
    },
  );
}

/** A row rendered, and a form to choose another one: part of the run's page, and a page of its own. */
export async function runPreview(ctx: Context, run: RunRow, row: number, actor: Actor): Promise<Html> {
  if (!seesValues(actor)) return html`<p class="empty">Viewers don't see what is written to people.</p>`;
  const { message, rows, isKnown } = await previewRow(ctx, run, row);
  const nothing = !isKnown
    ? html`Its template isn't known. <code>siaran templates --refresh</code> asks Qiscus, and <code>siaran templates add</code> keeps one that it doesn't list.`
    : rows === 0
      ? 'No row of it is in a batch so far.'
      : row > rows
        ? `There are ${count(rows)} rows.`
        : 'This row was removed.';
  return html`${
    message
      ? html`<p>To ${shownNumber(actor, message.phoneNumber)}, as <code>${message.template}</code></p>${messageBox(message, actor)}`
      : html`<p class="empty">${nothing}</p>`
  }${
    message &&
    mayChange(actor) &&
    message.phoneNumber !== 'forgotten' &&
    testForm(`/runs/${run.id}/test-send`, row, ctx.config.testNumbers)
  }${
    isKnown &&
    rows > 1 &&
    html`<form class="narrow" method="get" action="/runs/${run.id}/preview"><div><label for="row">Row of ${count(rows)}</label><input id="row" type="number" name="row" min="1" max="${String(rows)}" value="${String(row)}"></div><button>Show</button></form>`
  }`;
}

function shownNumber(actor: Actor, number: string): string {
  return seesNumbers(actor) || number === 'forgotten' ? number : maskPhoneNumber(number);
}
