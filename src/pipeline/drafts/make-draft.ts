import type { Context } from '../../context.js';
import { messageOf } from '../../errors.js';
import { audited } from '../audited.js';
import { ofCaller } from '../errors-of-callers.js';
import { changeDraft } from './change-draft.js';
import { startCheck } from './check-draft.js';
import { discardDraft } from './discard-draft.js';
import type { Draft, DraftChanges } from './draft.js';
import { appendUpload, beginUpload } from './upload.js';
import { createDraft, findDraft } from './view-draft.js';

/** A draft that a program makes of a list. */
export type NewDraft = {
  /** The name of its run: a text of 1 to 200 characters in one line. */
  name: string;
  /** What the list is called where the draft is shown. Default `list.csv`. */
  fileName?: string;
} & Pick<DraftChanges, 'template' | 'mapping' | 'settings'>;

/** What whoever confirms a draft says of it. */
export type ConfirmOptions = {
  /** How many are messaged, as `planDraft` told. Needed above 100. */
  people?: number;
};

/** What became of a draft. */
export type ConfirmedDraft = {
  /** Its run's id, for all other calls. */
  runId: string;
};

/**
 * Makes a draft of a list. With a template, its rows are also checked, as far as every column of the template has one of the list. When something is wrong with it, no draft is left,
 * unless somebody has put another list into it meanwhile.
 * @param list the bytes of a file, as `siaran send` reads it, or its text
 */
export async function makeDraft(
  ctx: Context,
  { name, fileName = 'list.csv', template, mapping, settings }: NewDraft,
  list: AsyncIterable<Uint8Array | string>,
): Promise<Draft> {
  const { actor } = ctx.config;
  const begun = await audited(ctx, { action: 'draft create', detail: { name } }, () =>
    createDraft(ctx, { name }, actor),
  );
  let uploadId: string | undefined;
  try {
    const asked = { ...(template !== undefined && { template }), ...(settings !== undefined && { settings }) };
    const empty = await beginUpload(ctx, await changeDraft(ctx, begun, asked), { fileName, bytes: null });
    uploadId = uploadOf(empty) ?? '';
    const place = { uploadId, offset: 0, isLast: true };
    const full = await audited(ctx, { action: 'draft upload', target: begun.id }, () =>
      appendUpload(ctx, begun.id, place, bytesOf(list)),
    );
    const draft = mapping === undefined ? full : await changeDraft(ctx, full, { mapping });
    return template ? await startCheck(ctx, draft, { waitMs: Number.POSITIVE_INFINITY }) : draft;
  } catch (error) {
    await discardOwn(ctx, begun.id, uploadId).catch((err: unknown) =>
      ctx.logger.warn({ err, draftId: begun.id }, `a draft is left that could not be made: ${messageOf(error)}`),
    );
    throw error;
  }
}

/** Throws the draft away, unless what it has by now is somebody else's. */
async function discardOwn(ctx: Context, id: string, uploadId: string | undefined): Promise<void> {
  const draft = await findDraft(ctx, id);
  if (draft.source === null || (uploadId !== undefined && uploadOf(draft) === uploadId))
    await discardDraft(ctx, id, draft);
}

function uploadOf({ source }: Draft): string | undefined {
  return source?.kind === 'file' ? source.uploadId : undefined;
}

/** What the program's own stream throws reaches it as it is. */
async function* bytesOf(list: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of list) yield typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk);
  } catch (error) {
    throw ofCaller(error);
  }
}
