import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { costText } from '../../domain/prices/describe-cost.js';
import { ChangedMeanwhileError } from '../../errors.js';
import { approve } from '../../pipeline/approval/approve.js';
import { type ApprovalView, viewApproval } from '../../pipeline/approval/view-approval.js';
import type { AdminApp } from '../app.js';
import { html } from '../html/html.js';
import { messageBox } from '../html/message.js';
import { facts, question, table } from '../html/parts.js';
import { count, named, plural, timeOr } from '../html/words.js';
import { goTo, show } from './answer.js';
import { orMoved, seenForm } from './as-seen.js';

const params = z.object({ runId: z.string().max(40) });

/** What is approved stands on the page that asks for it, and only that is approved. */
export function addApprovalChanges(app: AdminApp, ctx: Context): void {
  const url = '/runs/:runId/approve';
  app.get(url, { schema: { params }, config: { approver: true } }, async (request, reply) =>
    ask(request, reply, await viewApproval(ctx, request.params.runId)),
  );
  app.post(
    url,
    { schema: { params, body: z.object(seenForm) }, config: { approver: true } },
    async (request, reply) => {
      const { params: of, body, actor } = request;
      const done = await orMoved(approve(ctx, of.runId, { state: body.ifState, by: actor.name }));
      if (done instanceof ChangedMeanwhileError)
        return ask(request, reply.code(409), await viewApproval(ctx, of.runId), done.message);
      return goTo(request, reply, `/runs/${of.runId}`, `Approved: ${plural(done.people, 'person', 'people')}.`);
    },
  );
}

function ask(request: FastifyRequest, reply: FastifyReply, asked: ApprovalView, refusal?: string): FastifyReply {
  const { run, state, waits } = asked;
  if (!waits) return goTo(request, reply, `/runs/${run.id}`, "The run doesn't wait for an approval.");
  return show(request, reply, {
    refusal,
    title: `Approve · ${run.name}`,
    section: 'Runs',
    content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${run.id}">${run.name}</a></p><h1>Approve</h1>
${shown(asked, request.actor)}
${question({
  text: html`Let ${named(run)} go out as it is shown here? A change afterwards asks again. To decline, <a href="/runs/${run.id}/cancel">cancel the run</a>.`,
  action: `/runs/${run.id}/approve`,
  button: 'Yes, approve',
  back: `/runs/${run.id}`,
  state,
})}`,
  });
}

function shown(asked: ApprovalView, actor: Actor) {
  const { run, people, isWhole, above, startedBy, version, template, message, columns, rows, cost } = asked;
  const { rejected, scheduled } = run.recipients;
  return html`${facts([
    ['People', html`<strong>${count(people)}</strong>${!isWhole && ', so far: more of them ask again'}`],
    ['Asked', above === 0 ? 'of every run' : `of runs with more than ${count(above)}`],
    ['Started by', startedBy],
    [
      'Campaign',
      version === null ? null : `with this, all runs of version ${version} are approved, whoever is in them`,
    ],
    ['Template', `${template ?? 'not known here'} (${run.templateDetailId})`],
    ['Account', run.account],
    ['Starts', timeOr(run.startAt, 'at once')],
    ['Limits', describeDelivery(run.delivery) || 'none'],
    ['Rejected', rejected > 0 ? html`<a href="/runs/${run.id}/rejections">${plural(rejected, 'row')}</a>` : 'no row'],
    ['Handed over', scheduled > 0 ? `${count(scheduled)} of them, before it grew` : null],
    ['Cost', costText(cost)],
  ])}
<h2>First rows</h2>
${
  rows.length === 0
    ? html`<p class="empty">No row is cut yet.</p>`
    : table(
        'First rows',
        columns,
        rows.map((row) => row.map((value) => html`<span class="words">${value}</span>`)),
      )
}${message && html`<h2>The first message</h2>${messageBox(message, actor)}`}`;
}
