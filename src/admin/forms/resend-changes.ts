import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { actingAs, type Context } from '../../context.js';
import { leftOutWords } from '../../domain/resending/left-out-words.js';
import type { LeftOutReason } from '../../domain/resending/resend.js';
import { UsageError } from '../../errors.js';
import { requireRun } from '../../pipeline/require-run.js';
import { type ResendRequest, type Resent, resend } from '../../pipeline/resending/resend.js';
import type { RunRow } from '../../store/runs.js';
import type { AdminApp } from '../app.js';
import { type Content, html } from '../html/html.js';
import { question, table } from '../html/parts.js';
import { count, named, recipients } from '../html/words.js';
import { goTo, orFault, show } from './answer.js';

const runParams = z.object({ runId: z.string().max(40) });
const text = z.string().trim().max(200).default('');
/** Whose messages are sent again, as it is written into the form. */
const whose = z.object({ codes: text, unansweredAfter: text });
type Whose = z.infer<typeof whose>;
/** `recipients`: how many the page told. */
const decided = whose.extend({ name: text, templateDetailId: text, recipients: text });

/** A run is sent again to those whom it didn't reach: they are counted on a page, by the reason, before anything is sent. */
export function addResendChanges(app: AdminApp, ctx: Context): void {
  const url = '/runs/:runId/resend';
  app.get(url, { schema: { params: runParams, querystring: whose }, config: { operator: true } }, (request, reply) =>
    ask(ctx, request, reply, request.params.runId, request.query),
  );

  app.post(url, { schema: { params: runParams, body: decided } }, async (request, reply) => {
    const { runId } = request.params;
    const { name, templateDetailId, recipients: seen, ...asked } = request.body;
    const counted = await orFault(resend(ctx, runId, { ...requestOf(asked), dryRun: true }));
    if (counted instanceof UsageError || String(counted.recipients) !== seen)
      return ask(ctx, request, reply.code(409), runId, asked, 'The figures have changed: nothing was sent.');
    const resent = await orFault(
      resend(actingAs(ctx, request.actor.name), runId, {
        ...requestOf(asked),
        ...(name !== '' && { name }),
        ...(templateDetailId !== '' && { templateDetailId: Number(templateDetailId) }),
      }),
    );
    if (resent instanceof UsageError) return ask(ctx, request, reply.code(400), runId, asked, resent.message);
    return goTo(request, reply, `/runs/${resent.runId ?? runId}`, doneWords(resent));
  });
}

function doneWords({ runId, recipients: taken, already }: Resent): string {
  if (runId === null) return 'Nobody was left to be sent to again.';
  return already ? 'It was sent again before, as this run.' : `This run is sent to ${recipients(taken)} again.`;
}

/** @throws {UsageError} */
function requestOf({ codes, unansweredAfter }: Whose): ResendRequest {
  return {
    failed: true,
    ...(codes !== '' && { codes: codes.split(/[\s,;]+/).map(Number) }),
    ...(unansweredAfter !== '' && { unansweredAfter }),
  };
}

async function ask(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  runId: string,
  asked: Whose,
  refusal?: string,
): Promise<FastifyReply> {
  const run = await requireRun(ctx, runId);
  const counted = await orFault(resend(ctx, runId, { ...requestOf(asked), dryRun: true }));
  const fault = counted instanceof UsageError ? counted.message : undefined;
  return show(request, fault === undefined ? reply : reply.code(400), {
    refusal: refusal ?? fault,
    title: `Send again · ${run.name}`,
    section: 'Runs',
    content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${run.id}">${run.name}</a></p><h1>Send again</h1>
${countForm(run, asked)}${counted instanceof UsageError ? '' : answer(run, asked, counted)}`,
  });
}

function countForm({ id }: RunRow, { codes, unansweredAfter }: Whose): Content {
  return html`<form class="search" method="get" action="/runs/${id}/resend">
<label for="codes">Only messages that failed with these codes</label><input id="codes" name="codes" maxlength="200" value="${codes}" autocomplete="off" aria-describedby="codes-hint"><p class="hint" id="codes-hint">Such as 131026, 131053. Empty: any code but 131049 and 131050.</p>
<label for="unanswered">Also those of whom nothing was told for</label><input id="unanswered" name="unansweredAfter" maxlength="20" value="${unansweredAfter}" autocomplete="off" aria-describedby="unanswered-hint"><p class="hint" id="unanswered-hint">Such as 48h. Empty: none of those.</p>
<p class="buttons"><button>Count them</button></p></form>`;
}

function answer(run: RunRow, asked: Whose, { runId, recipients: taken, leftOut, already }: Resent): Content {
  if (already)
    return html`<p class="empty">It was sent again before, to ${recipients(taken)}: as run <a href="/runs/${runId}">${runId}</a>.</p>`;
  const reasons = Object.entries(leftOut) as [LeftOutReason, number][];
  const listed =
    reasons.length > 0 &&
    table(
      'Who is left out',
      ['Recipients', 'Left out, as'],
      reasons.map(([reason, left]) => [count(left), leftOutWords[reason]]),
    );
  if (taken === 0) return html`<p class="empty">Nobody is to be sent to again.</p>${listed}`;
  return html`${listed}${question({
    text: html`Send ${named(run)} again to ${recipients(taken)}? A new run with its values, limits and columns starts at once.`,
    fields: html`<input type="hidden" name="codes" value="${asked.codes}"><input type="hidden" name="unansweredAfter" value="${asked.unansweredAfter}"><input type="hidden" name="recipients" value="${String(taken)}">
<label for="name">Name</label><input id="name" name="name" maxlength="200" value="${run.name}" autocomplete="off">
<label for="template">Template</label><input id="template" name="templateDetailId" inputmode="numeric" maxlength="10" value="${String(run.templateDetailId)}" autocomplete="off">`,
    action: `/runs/${run.id}/resend`,
    button: 'Yes, send again',
    back: `/runs/${run.id}`,
  })}`;
}
