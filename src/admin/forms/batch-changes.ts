import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { describeEvidence } from '../../domain/statuses/evidence.js';
import { formatDuration } from '../../domain/timing/duration.js';
import { ChangedMeanwhileError, UsageError } from '../../errors.js';
import { resolve } from '../../pipeline/operating/resolve.js';
import { retry } from '../../pipeline/operating/retry.js';
import { requireRun } from '../../pipeline/require-run.js';
import type { Resolution } from '../../store/resolutions.js';
import type { RunRow } from '../../store/runs.js';
import { stateOf } from '../../store/states.js';
import type { BatchHistory } from '../../store/views/batch-history.js';
import type { AdminApp } from '../app.js';
import { type Content, type Html, html } from '../html/html.js';
import { question } from '../html/parts.js';
import { named, recipients, share, time } from '../html/words.js';
import { requireBatch } from '../pages/batch.js';
import { goTo, show } from './answer.js';
import { orMoved, seenForm } from './as-seen.js';

const batchParams = z.object({ batchId: z.string().max(60) });

const resolveForm = z.object({
  found: z.enum(['sent', 'not-sent']),
  ...seenForm,
  job: z.string().trim().default(''),
  reason: z.string().trim().max(200).default(''),
  force: z.literal('yes').optional(),
  despiteEvidence: z.union([z.literal(''), z.coerce.number().int()]).optional(),
  /** How many of its messages were reported when they looked. */
  seen: z.coerce.number().int().optional(),
  correct: z.literal('yes').optional(),
});

export function addBatchChanges(app: AdminApp, ctx: Context): void {
  const asking = { schema: { params: batchParams }, config: { operator: true } } as const;

  const askForRetry = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { batch, run, state }: Standing,
    refusal?: string,
  ) => {
    const asked = question({
      text: `Deliver batch ${String(batch.number)} of ${named(run)} again? ${recipients(batch.recipients)} will be uploaded and sent again, however late it is. None of them was messaged.`,
      action: `/batches/${batch.id}/retry`,
      button: 'Yes, retry',
      back: `/batches/${batch.id}`,
      state,
    });
    return show(request, reply, { ...page(batch, run, 'Retry', asked), refusal });
  };

  app.get('/batches/:batchId/retry', asking, async (request, reply) => {
    const found = await standing(ctx, request.params.batchId);
    const { id, status } = found.batch;
    if (status !== 'failed')
      return goTo(request, reply, `/batches/${id}`, `The batch is ${status}: there is nothing to retry.`);
    return askForRetry(request, reply, found);
  });

  app.post(
    '/batches/:batchId/retry',
    { schema: { params: batchParams, body: z.object(seenForm) } },
    async (request, reply) => {
      const { batchId } = request.params;
      const retried = await orMoved(retry(ctx, batchId, request.body));
      if (retried instanceof ChangedMeanwhileError) {
        const found = await standing(ctx, batchId);
        if (found.batch.status !== 'failed') throw retried;
        return askForRetry(request, reply.code(409), found, retried.message);
      }
      const told =
        retried.batches === 0 ? 'It is no longer failed: nothing was done.' : `${share(retried)} go out again.`;
      return goTo(request, reply, `/batches/${batchId}`, told);
    },
  );

  const askForResolution = (
    request: FastifyRequest,
    reply: FastifyReply,
    { batch, run, state }: Standing,
    refusal?: string,
  ) => {
    const asked = resolvePage({ batch, run, state }, ctx.config.settleAfterMs);
    return show(request, reply, { ...page(batch, run, 'Resolve', asked), refusal });
  };

  app.get('/batches/:batchId/resolve', asking, async (request, reply) => {
    const found = await standing(ctx, request.params.batchId);
    const { id, status } = found.batch;
    if (!canResolve(found.batch))
      return goTo(request, reply, `/batches/${id}`, `The batch is ${status}: there is nothing to resolve.`);
    return askForResolution(request, reply, found);
  });

  app.post(
    '/batches/:batchId/resolve',
    { schema: { params: batchParams, body: resolveForm } },
    async (request, reply) => {
      const { batchId } = request.params;
      const { ifState, reason } = request.body;
      // What an operator found out is about the send that they were shown, not about a later one.
      const by = { by: request.actor.name, ifState, ...(reason !== '' && { reason }) };
      const resolved = await orMoved(resolve(ctx, batchId, readResolution(request.body), by));
      const found = await standing(ctx, batchId);
      if (resolved instanceof ChangedMeanwhileError) {
        if (!canResolve(found.batch)) throw resolved;
        return askForResolution(request, reply.code(409), found, resolved.message);
      }
      const { status } = resolved;
      const told =
        status === 'scheduled'
          ? 'Recorded as sent.'
          : status === 'cancelled'
            ? 'Recorded as not sent. Its run is cancelled, so it will not be sent.'
            : `Recorded as not sent: it goes out again to ${recipients(found.batch.recipients)}.`;
      return goTo(request, reply, `/batches/${batchId}`, told);
    },
  );
}

type Standing = { batch: BatchHistory; run: RunRow; state: string | null };

/** The batch as it stands. Its state is read before the rest, so that what changes in between is noticed. */
async function standing(ctx: Context, batchId: string): Promise<Standing> {
  const state = await stateOf(ctx.db, 'batch', batchId);
  const batch = await requireBatch(ctx, batchId);
  return { batch, run: await requireRun(ctx, batch.runId), state };
}

function canResolve({ status, canCorrect }: BatchHistory): boolean {
  return status === 'unknown' || canCorrect;
}

function readResolution(form: z.infer<typeof resolveForm>): Resolution {
  const { found, job, force, despiteEvidence, seen = 0 } = form;
  const correct = form.correct === 'yes';
  const despite = typeof despiteEvidence === 'number' ? { despiteEvidence, seen } : {};
  if (found === 'not-sent') return { notSent: true, force: force === 'yes', ...despite, correct };
  if (/^[1-9]\d{0,15}$/.test(job)) return { sent: Number(job), correct };
  throw new UsageError('Write the id of the broadcast job, a whole number such as 14529081, as Qiscus shows it.');
}

function page(batch: BatchHistory, run: RunRow, name: string, content: Content) {
  return {
    title: `${name} · Batch ${batch.id}`,
    section: 'Runs',
    content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${run.id}">${run.name}</a> <a href="/batches/${batch.id}">Batch ${batch.number}</a></p>
<h1>${name}</h1>
${content}`,
  };
}

function resolvePage({ batch, run, state }: Standing, settleAfterMs: number): Html {
  const action = `/batches/${batch.id}/resolve`;
  const send = batch.history.findLast(({ kind }) => kind === 'send');
  const settledAt = new Date(Date.parse(send?.intendedAt ?? '') + settleAfterMs);
  const early = settledAt > new Date();
  const hidden = (found: string) =>
    html`<input type="hidden" name="found" value="${found}"><input type="hidden" name="seen" value="${evidence?.reported ?? 0}">${batch.status !== 'unknown' && html`<input type="hidden" name="correct" value="yes">`}`;
  const reason = (id: string) =>
    html`<label for="${id}">How you found out <span class="faint">(kept with the batch)</span></label><input id="${id}" name="reason" maxlength="200" autocomplete="off">`;
  const { evidence } = batch;
  const told = evidence
    ? html`<p class="notice refused">Callbacks tell: <strong>${describeEvidence(evidence)}</strong>.</p>`
    : html``;
  return html`${told}<p>${recipients(batch.recipients)} of batch ${batch.number} of ${named(run)} ${evidence ? 'were messaged, as callbacks tell' : 'may have been messaged'}. In Qiscus's list of broadcasts, look for a name that begins with</p>
<p class="look"><code>[${batch.id}.${String(batch.attempts)}]</code></p>
<div class="pair">
<section aria-labelledby="was-sent"><h2 id="was-sent">It is there: it was sent</h2>
${question({
  text: 'Enter the id that Qiscus shows for it. The batch then counts as handed over, and is not sent again.',
  action,
  button: 'It was sent',
  state,
  back: `/batches/${batch.id}`,
  fields: html`${hidden('sent')}<label for="job">Id of the broadcast job</label><input id="job" name="job" inputmode="numeric" pattern="[1-9][0-9]*" required autocomplete="off">${reason('reason-sent')}`,
})}</section>
<section aria-labelledby="not-sent"><h2 id="not-sent">It isn't there: it was not sent</h2>
${question({
  text: html`It will <strong>go out again to ${recipients(batch.recipients)}</strong>. If it was sent after all, they are messaged twice.`,
  action,
  button: 'It was not sent',
  state,
  back: `/batches/${batch.id}`,
  danger: true,
  fields: html`${hidden('not-sent')}${reason('reason-not')}${
    early &&
    html`<label class="check"><input type="checkbox" name="force" value="yes"> <span>Do it even though Qiscus may still be working on it until ${time(settledAt)}, ${formatDuration(settleAfterMs)} after the send</span></label>`
  }${
    evidence &&
    html`<label for="despite">Callbacks tell that it was sent. To send it again anyway, type its size, ${String(batch.recipients)}</label><input id="despite" name="despiteEvidence" inputmode="numeric" pattern="${String(batch.recipients)}" required autocomplete="off">`
  }`,
})}</section></div>`;
}
