import type { Context } from '../../context.js';
import { messageOf } from '../../errors.js';
import { audited } from '../audited.js';
import { ofCaller } from '../errors-of-callers.js';
import { changeDraft } from './change-draft.js';
import { startCheck } from './check-draft.js';
import { discardDraft } from './discard-draft.js';
import type { Draft, DraftChanges, SeenDraft } from './draft.js';
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
  { fileName = 'list.csv', mapping, ...request }: NewDraft,
  list: AsyncIterable<Uint8Array | string>,
): Promise<Draft> {
  return beginDraft(ctx, { ...request, source: { fileName, list } }, async (full) => {
    const draft = mapping === undefined ? full : await changeDraft(ctx, full, { mapping });
    return request.template ? startCheck(ctx, draft, { waitMs: Number.POSITIVE_INFINITY }) : draft;
  });
}

/** Who gets a broadcast: the rows of a list, or an audience that the configuration names. */
export type NewSource = { fileName: string; list: AsyncIterable<Uint8Array | string> } | { audience: string };

/**
 * Makes a draft, and goes on with it. If any of that fails, no draft is left, unless somebody has given it another source meanwhile.
 * @param goOn gets the draft with its source, its template and its settings
 */
export async function beginDraft(
  ctx: Context,
  { name, template, settings, source }: Omit<NewDraft, 'fileName' | 'mapping'> & { source: NewSource },
  goOn: (draft: Draft) => Promise<Draft>,
): Promise<Draft> {
  const { actor } = ctx.config;
  const begun = await audited(ctx, { action: 'draft create', detail: { name } }, () =>
    createDraft(ctx, { name }, actor),
  );
  let own: Draft['source'] = null;
  try {
    const asked = { ...(template !== undefined && { template }), ...(settings !== undefined && { settings }) };
    const empty = await changeDraft(ctx, begun, asked);
    const full = await giveSource(ctx, empty, source, (begunWith) => {
      own = begunWith;
    });
    return await goOn(full);
  } catch (error) {
    await discardOwn(ctx, begun.id, own).catch((err: unknown) =>
      ctx.logger.warn({ err, draftId: begun.id }, `a draft is left that could not be made: ${messageOf(error)}`),
    );
    throw error;
  }
}

/** Gives a draft its list or audience, in the place of what it has. @param onBegun is told what it is as soon as the draft has it */
export async function giveSource(
  ctx: Context,
  seen: SeenDraft,
  source: NewSource,
  onBegun: (source: Draft['source']) => void = () => {},
): Promise<Draft> {
  if ('audience' in source) {
    const { audience } = source;
    const draft = await changeDraft(ctx, seen, { audience });
    onBegun(draft.source);
    return draft;
  }
  const begun = await beginUpload(ctx, seen, { fileName: source.fileName, bytes: null });
  onBegun(begun.source);
  const place = { uploadId: uploadOf(begun.source) ?? '', offset: 0, isLast: true };
  return audited(ctx, { action: 'draft upload', target: seen.id }, () =>
    appendUpload(ctx, seen.id, place, bytesOf(source.list)),
  );
}

/** Throws the draft away, unless what it has by now is somebody else's. */
async function discardOwn(ctx: Context, id: string, own: Draft['source']): Promise<void> {
  const draft = await findDraft(ctx, id);
  const { source } = draft;
  const isOwn =
    own?.kind === 'file' ? uploadOf(source) === own.uploadId : source?.kind === 'audience' && source.name === own?.name;
  if (source === null || isOwn) await discardDraft(ctx, id, draft);
}

function uploadOf(source: Draft['source']): string | undefined {
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
