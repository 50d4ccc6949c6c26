import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { SiaranError, UsageError } from '../../errors.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { planDraft } from '../../pipeline/drafts/plan-draft.js';
import { exampleOfDraft, previewDraft } from '../../pipeline/drafts/preview-draft.js';
import { findDraft } from '../../pipeline/drafts/view-draft.js';
import type { RowPreview } from '../../pipeline/lists/look-at-row.js';
import { listTemplates } from '../../pipeline/templates/list-templates.js';
import { findTemplate } from '../../store/templates.js';
import { whileAsked } from '../asker.js';
import { orFault, show } from '../forms/answer.js';
import type { Html } from '../html/html.js';
import { checkStep } from './check-step.js';
import { columnsStep } from './columns-step.js';
import { confirmStep } from './confirm-step.js';
import { stepPage } from './frame.js';
import { previewStep } from './preview-step.js';
import { sourceStep } from './source-step.js';
import { canBeChecked, type StepKey } from './steps.js';
import { templateStep } from './template-step.js';
import { type TimingForm, writtenSettings } from './timing-fields.js';
import { timingStep } from './timing-step.js';

/** What a step is shown with, besides its draft. */
export type Shown = {
  /** Why what was asked for wasn't done. */
  refusal?: string;
  /** By which words templates were searched. */
  search?: string;
  /** Which row is looked at. */
  row?: number | 'longest' | 'doubtful' | 'rejected';
  /** What was written into the form of a step and refused. */
  timing?: TimingForm;
};

/** Shows a step of a draft as it stands. */
export async function showStep(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, step, ...shown }: { id: string; step: StepKey } & Shown,
): Promise<FastifyReply> {
  const draft = await findDraft(ctx, id);
  const content = draft.state === 'open' ? await contentOf(ctx, request, reply, draft, step, shown) : '';
  return show(request, reply, {
    ...stepPage(draft, step, content),
    refusal: shown.refusal,
    scripts: ['draft.js'],
  });
}

async function contentOf(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  draft: Draft,
  step: StepKey,
  { search = '', row = 1, timing }: Shown,
): Promise<Html> {
  const { actor } = request;
  switch (step) {
    case 'recipients':
      return sourceStep(draft, [...ctx.config.namedAudiences.keys()]);
    case 'template':
      return templateStep(draft, { ...(await listTemplates(ctx)), search }, actor);
    case 'columns': {
      const first = canBeChecked(draft) ? await look(ctx, reply, draft, 1) : undefined;
      const { account, templateDetailId } = draft.template ?? {};
      const isChosen = account !== undefined && templateDetailId !== undefined;
      const template = isChosen ? await findTemplate(ctx.db, account, templateDetailId) : undefined;
      const isWhole = draft.source?.kind === 'audience' || draft.source?.isComplete === true;
      const examples = isWhole ? await exampleOfDraft(ctx, draft.id, whileAsked(reply)).catch(noExample) : {};
      return columnsStep(draft, { template, first: first instanceof UsageError ? undefined : first, examples }, actor);
    }
    case 'check':
      return checkStep(draft);
    case 'preview': {
      const seen = canBeChecked(draft) ? await look(ctx, reply, draft, row) : undefined;
      const fault = seen instanceof UsageError ? seen.message : undefined;
      const preview = seen instanceof UsageError ? undefined : seen;
      return previewStep(draft, { asked: String(row), preview, fault }, ctx.config.testNumbers, actor);
    }
    case 'timing':
      return timingStep(draft, timing ?? writtenSettings(draft.settings));
    default:
      return confirmStep(draft, await planDraft(ctx, draft.id));
  }
}

/** A list that can't be read says so where it is checked; its columns can be chosen all the same. */
function noExample(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof SiaranError) return {};
  throw error;
}

/** A row, or why it can't be shown. */
function look(
  ctx: Context,
  reply: FastifyReply,
  { id }: Draft,
  row: NonNullable<Shown['row']>,
): Promise<RowPreview | UsageError> {
  return orFault(previewDraft(ctx, id, row, whileAsked(reply)));
}
