import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { changeDraft } from '../../pipeline/drafts/change-draft.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { appendUpload, beginUpload } from '../../pipeline/drafts/upload.js';
import { createDraft } from '../../pipeline/drafts/view-draft.js';
import { longestPauseMs } from '../api/draft-files.js';
import type { AdminApp } from '../app.js';
import { whileLetIn } from '../asker.js';
import { goTo } from '../forms/answer.js';
import { draftParams } from '../schemas/draft.js';
import { showDrafts } from './drafts-page.js';
import { readForm, type SentForm } from './read-form.js';
import { orRefusal, showRefused } from './step-forms.js';
import { draftPath, type StepKey } from './steps.js';

/** Forms with a file in them, which is kept as it comes. */
export function addUploadForms(app: AdminApp, ctx: Context): void {
  app.register(async (forms) => {
    forms.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
    const config = { streams: true } as const;

    forms.post('/drafts', { config }, async (request, reply) => {
      const form = await formOf(request);
      const { name = '' } = form.fields;
      const draft = await orRefusal(createDraft(ctx, { name: name.trim() }, request.actor.name));
      if (draft instanceof Error) return showDrafts(ctx, request, reply.code(400), { name, fault: draft.message });
      return takeSource(ctx, request, reply, draft, form);
    });

    forms.post('/drafts/:draftId/file', { config, schema: { params: draftParams } }, async (request, reply) => {
      const { draftId: id } = request.params as { draftId: string };
      const form = await formOf(request);
      return takeSource(ctx, request, reply, { id, version: Number(form.fields.version) }, form);
    });
  });
}

/** @throws {UsageError} */
function formOf(request: FastifyRequest): Promise<SentForm> {
  request.raw.socket.setTimeout(longestPauseMs);
  return readForm(request.raw as IncomingMessage);
}

/** The draft gets its audience or its file. Where that fails it stays, and its owner tries again. */
async function takeSource(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  seen: Pick<Draft, 'id' | 'version'>,
  { fields, file }: SentForm,
): Promise<FastifyReply> {
  const { audience = '' } = fields;
  const take = async (): Promise<Draft> => {
    if (file !== null && audience !== '') throw new UsageError('Choose an audience or a file, not both.');
    if (file !== null) return takeFile(ctx, seen, { name: file.name, content: whileLetIn(request, file.content) });
    if (audience === '') throw new UsageError('Choose a file with your recipients.');
    return changeDraft(ctx, seen, { audience });
  };
  const taken = await orRefusal(take());
  if (taken instanceof Error) return showRefused(ctx, request, reply, taken, { id: seen.id, step: 'recipients' });
  const next: StepKey = taken.template ? 'columns' : 'template';
  return goTo(request, reply, draftPath(taken.id, next), 'The list is here.');
}

async function takeFile(
  ctx: Context,
  seen: Pick<Draft, 'id' | 'version'>,
  { name, content }: NonNullable<SentForm['file']>,
): Promise<Draft> {
  // A form doesn't tell how long its file is.
  const { source } = await beginUpload(ctx, seen, { fileName: name, bytes: null });
  if (source?.kind !== 'file') throw new UsageError('The draft takes no file.');
  return appendUpload(ctx, seen.id, { uploadId: source.uploadId, offset: 0, isLast: true }, content);
}
