import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { actingAs, type Context } from '../../context.js';
import { readPeople } from '../../domain/drafts/read-people.js';
import { ChangedMeanwhileError, UsageError } from '../../errors.js';
import { changeDraft } from '../../pipeline/drafts/change-draft.js';
import { startCheck } from '../../pipeline/drafts/check-draft.js';
import { confirmDraft } from '../../pipeline/drafts/confirm-draft.js';
import type { Draft, DraftChanges } from '../../pipeline/drafts/draft.js';
import { testSendDraft } from '../../pipeline/drafts/preview-draft.js';
import { findDraft } from '../../pipeline/drafts/view-draft.js';
import { listTemplates } from '../../pipeline/templates/list-templates.js';
import type { AdminApp } from '../app.js';
import { goTo, orFault } from '../forms/answer.js';
import { orMoved } from '../forms/as-seen.js';
import { testedWords } from '../html/test-form.js';
import { draftParams } from '../schemas/draft.js';
import { writtenMapping } from './columns-step.js';
import { type Shown, showStep } from './show-step.js';
import { canBeChecked, draftPath, type StepKey } from './steps.js';
import { settingsOf, timingForm } from './timing-fields.js';

const seenForm = z.object({ version: z.coerce.number().int() });

/** A short list is checked before the next page is shown; a long one meanwhile. */
const waitMs = 3_000;

/** What each step asks for is written down, or shown again with what is wrong. */
export function addStepForms(app: AdminApp, ctx: Context): void {
  const params = draftParams;
  app.post(
    '/drafts/:draftId/name',
    { schema: { params, body: seenForm.extend({ name: z.string().trim().max(400) }) } },
    async (request, reply) => {
      const { version, name } = request.body;
      const answer = { step: 'recipients', next: 'recipients', told: 'The name is changed.' } as const;
      return takeChange(ctx, request, reply, answer, version, () => ({ name }));
    },
  );

  app.post(
    '/drafts/:draftId/template',
    { schema: { params, body: seenForm.extend({ template: z.string().max(200).default('') }) } },
    async (request, reply) => {
      const { version, template } = request.body;
      const answer = { step: 'template', next: 'columns', told: 'The template is chosen.' } as const;
      return takeChange(ctx, request, reply, answer, version, () => {
        const [, account, id] = /^(.+)\/(\d+)$/.exec(template) ?? [];
        if (account === undefined) throw new UsageError('Choose one of the templates.');
        return { template: { account, templateDetailId: Number(id) } };
      });
    },
  );

  app.post('/drafts/:draftId/template/refresh', { schema: { params } }, async (request, reply) => {
    const { faults } = await listTemplates(ctx, { refresh: true });
    const told =
      faults.length > 0
        ? 'Qiscus could not be asked for all templates.'
        : 'These are the templates as Qiscus has them now.';
    return goTo(request, reply, draftPath(request.params.draftId, 'template'), told);
  });

  app.post(
    '/drafts/:draftId/columns',
    { schema: { params, body: seenForm.catchall(z.string().max(2_000)) } },
    async (request, reply) => {
      const { version, ...fields } = request.body;
      const { template } = await findDraft(ctx, request.params.draftId);
      const mapping = writtenMapping(fields, template?.optionalColumns ?? []);
      const answer = { step: 'columns', next: 'check', told: 'The columns are saved.' } as const;
      return takeChange(ctx, request, reply, answer, version, () => ({ mapping }));
    },
  );

  app.post('/drafts/:draftId/check', { schema: { params, body: seenForm } }, async (request, reply) => {
    const { draftId: id } = request.params;
    const done = await orRefusal(startCheck(ctx, { id, version: request.body.version }, { waitMs }));
    if (done instanceof Error) return showRefused(ctx, request, reply, done, { id, step: 'check' });
    return reply.redirect(draftPath(id, 'check'), 303);
  });

  app.post(
    '/drafts/:draftId/test-send',
    {
      schema: {
        params,
        body: z.object({ row: z.coerce.number().int().min(1), phoneNumber: z.string().trim().max(200).default('') }),
      },
    },
    async (request, reply) => {
      const { draftId: id } = request.params;
      const { row, phoneNumber } = request.body;
      const to = phoneNumber === '' ? undefined : [phoneNumber];
      const sent = await orRefusal(testSendDraft(actingAs(ctx, request.actor.name), id, row, to));
      if (sent instanceof Error) return showRefused(ctx, request, reply, sent, { id, step: 'preview', row });
      return goTo(request, reply, `${draftPath(id, 'preview')}?row=${row}`, testedWords(sent));
    },
  );

  app.post(
    '/drafts/:draftId/timing',
    { schema: { params, body: seenForm.extend(timingForm.shape) } },
    async (request, reply) => {
      const { version, ...timing } = request.body;
      const { settings } = await findDraft(ctx, request.params.draftId);
      const answer = { step: 'timing', next: 'confirm', told: 'Saved.', timing } as const;
      return takeChange(ctx, request, reply, answer, version, () => ({ settings: settingsOf(settings, timing) }));
    },
  );

  app.post(
    '/drafts/:draftId/confirm',
    { schema: { params, body: seenForm.extend({ people: z.string().trim().max(40).default('') }) } },
    async (request, reply) => {
      const { draftId: id } = request.params;
      const { version, people } = request.body;
      const done = await orRefusal(confirmDraft(ctx, { id, version }, readPeople(people), request.actor.name));
      if (done instanceof Error) return showRefused(ctx, request, reply, done, { id, step: 'confirm' });
      const told = 'Confirmed. Its rows are being read; nothing goes out before all of them are in.';
      return goTo(request, reply, `/runs/${done.runId}`, told);
    },
  );
}

type ChangeAnswer = { step: StepKey; next: StepKey; told: string } & Shown;

/** Makes a change, has the list checked as soon as it can be, and goes on. */
async function takeChange(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { step, next, told, ...shown }: ChangeAnswer,
  version: number,
  changes: () => DraftChanges,
): Promise<FastifyReply> {
  const { draftId: id } = request.params as { draftId: string };
  const change = async () => changeDraft(ctx, { id, version }, changes());
  const done = await orRefusal(change());
  if (done instanceof Error) return showRefused(ctx, request, reply, done, { id, step, ...shown });
  // By name is often, and not always, as it is meant: somebody looks at the columns before the list is read.
  if (step !== 'template') await checkAgain(ctx, done);
  return goTo(request, reply, draftPath(id, next), told);
}

/** The check of what was changed counts no more. That it can't be done is told where it is shown. */
async function checkAgain(ctx: Context, draft: Draft): Promise<void> {
  if (draft.check !== null || !canBeChecked(draft)) return;
  const { id, version } = draft;
  await orRefusal(startCheck(ctx, { id, version }, { waitMs }));
}

type Refusal = UsageError | ChangedMeanwhileError;

/** What came of it, or why it wasn't done: the step is shown again with that. */
export async function orRefusal<T>(work: Promise<T>): Promise<T | Refusal> {
  return orFault(orMoved(work));
}

export function showRefused(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
  { id, step, ...shown }: { id: string; step: StepKey } & Shown,
): Promise<FastifyReply> {
  const status = refusal instanceof ChangedMeanwhileError ? 409 : 400;
  return showStep(ctx, request, reply.code(status), { id, step, ...shown, refusal: refusal.message });
}
