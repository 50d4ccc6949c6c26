import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { ChangedMeanwhileError } from '../../errors.js';
import { discardDraft } from '../../pipeline/drafts/discard-draft.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { findDraft, listDrafts } from '../../pipeline/drafts/view-draft.js';
import { sendOddRows } from '../api/draft-files.js';
import type { AdminApp } from '../app.js';
import { goTo, show } from '../forms/answer.js';
import { orMoved } from '../forms/as-seen.js';
import { type Html, html } from '../html/html.js';
import { pager, question, table } from '../html/parts.js';
import { plural, time } from '../html/words.js';
import { askedRow, draftParams } from '../schemas/draft.js';
import { section, seenVersion } from './frame.js';
import { showStep } from './show-step.js';
import { newDraftForm } from './source-step.js';
import { currentStep, draftPath, firstMissing, missingIn, steps } from './steps.js';

const perPage = 20;
const cursor = z.string().max(200).optional().catch(undefined);
const rows = askedRow.catch(1).default(1);

/** Where a broadcast is begun, and all that were begun. */
export function addDraftPages(app: AdminApp, ctx: Context): void {
  const config = { operator: true } as const;
  app.get('/drafts', { config, schema: { querystring: z.object({ cursor }) } }, (request, reply) =>
    showDrafts(ctx, request, reply, { cursor: request.query.cursor }),
  );

  app.get('/drafts/:draftId', { config, schema: { params: draftParams } }, async (request, reply) => {
    const draft = await findDraft(ctx, request.params.draftId);
    return reply.redirect(draftPath(draft.id, currentStep(draft)), 303);
  });

  const query = z.object({ row: rows, search: z.string().max(100).catch('').default('') });
  for (const { key } of steps)
    app.get(
      `/drafts/:draftId/${key}`,
      { config, schema: { params: draftParams, querystring: query } },
      (request, reply) => showStep(ctx, request, reply, { id: request.params.draftId, step: key, ...request.query }),
    );

  for (const which of ['rejected', 'doubtful'] as const)
    app.get(`/drafts/:draftId/${which}.csv`, { config, schema: { params: draftParams } }, (request, reply) =>
      sendOddRows(ctx, reply, { draftId: request.params.draftId, which }, request.actor),
    );

  app.get('/drafts/:draftId/discard', { config, schema: { params: draftParams } }, async (request, reply) =>
    askToDiscard(request, reply, await findDraft(ctx, request.params.draftId)),
  );

  app.post(
    '/drafts/:draftId/discard',
    { schema: { params: draftParams, body: z.object({ version: z.coerce.number().int() }) } },
    async (request, reply) => {
      const { draftId } = request.params;
      const done = await orMoved(discardDraft(ctx, draftId, request.body));
      if (done instanceof ChangedMeanwhileError)
        return askToDiscard(request, reply.code(409), await findDraft(ctx, draftId), done.message);
      return goTo(request, reply, '/drafts', 'The draft is thrown away.');
    },
  );
}

function askToDiscard(request: FastifyRequest, reply: FastifyReply, draft: Draft, refusal?: string): FastifyReply {
  return show(request, reply, {
    refusal,
    title: `Throw away · ${draft.name}`,
    section,
    content: html`<p class="trail"><a href="/drafts">New broadcast</a> <a href="${draftPath(draft.id)}">${draft.name}</a></p><h1>Throw away</h1>
${question({
  text: html`<strong>Throw the draft ${draft.name} away?</strong> Its list goes with it${draft.createdBy !== request.actor.name && html`. It was begun by ${draft.createdBy}`}. It was changed last ${time(draft.updatedAt)}. ${draft.runId === null ? 'Nothing of it was sent. ' : 'The run that it became stays. '}This can't be taken back.`,
  action: `${draftPath(draft.id)}/discard`,
  button: 'Yes, throw it away',
  back: draftPath(draft.id),
  danger: true,
  fields: seenVersion(draft),
})}`,
  });
}

/** The form of a new broadcast, and the drafts that there are. */
export async function showDrafts(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  form: { cursor?: string | undefined; name?: string; fault?: string },
): Promise<FastifyReply> {
  const { items, next } = await listDrafts(ctx, { limit: perPage, cursor: form.cursor });
  const { namedAudiences } = ctx.config;
  return show(request, reply, {
    title: 'New broadcast',
    section,
    scripts: ['draft.js'],
    content: html`<h1>New broadcast</h1>
<section aria-labelledby="begin"><h2 id="begin">Begin one</h2>${newDraftForm([...namedAudiences.keys()], form)}</section>
<section aria-labelledby="drafts"><h2 id="drafts">Drafts</h2>${items.length === 0 ? html`<p class="empty">There are none. A draft is kept for 30 days after its last change, and shared by its address.</p>` : draftTable(items)}
${pager({ newest: form.cursor === undefined ? undefined : '/drafts', next: next === null ? undefined : `/drafts?cursor=${encodeURIComponent(next)}` })}</section>`,
  });
}

function draftTable(drafts: readonly Draft[]): Html {
  return table(
    'Drafts',
    ['Name', 'Begun by', 'Changed', 'Stands at', 'People', ''],
    drafts.map((draft) => [
      html`<a class="words" href="${draftPath(draft.id)}">${draft.name}</a>`,
      html`${draft.createdBy} ${time(draft.createdAt)}`,
      time(draft.updatedAt),
      standsAt(draft),
      draft.check?.people ?? '',
      html`${draft.state !== 'preparing' && html`<a href="${draftPath(draft.id)}/discard">Throw away<span class="unseen"> ${draft.name}</span></a>`}`,
    ]),
  );
}

function standsAt(draft: Draft): Html {
  if (draft.state === 'failed') return html`<a class="mark bad" href="/runs/${draft.runId}">its run was given up</a>`;
  if (draft.state !== 'open') return html`<a href="/runs/${draft.runId}">confirmed by ${draft.confirmedBy}</a>`;
  const step = firstMissing(draft);
  if (step === undefined) return html`<span class="mark good">ready to be confirmed</span>`;
  return html`${missingIn(draft, step)}${draft.checking && html` ${plural(draft.checking.rows, 'row')} so far.`}`;
}
