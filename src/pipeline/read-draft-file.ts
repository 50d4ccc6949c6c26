import type { Context } from '../context.js';
import { SiaranError, UsageError } from '../errors.js';
import { findPart } from '../store/drafts/draft-files.js';
import type { DraftRow } from '../store/drafts/drafts.js';

/** The parts of a draft's file, one after the other. Where one is missing, the file was taken away meanwhile: its end would look like the list's. */
export async function* readDraftFile(
  ctx: Context,
  { uploadId, receivedBytes }: Pick<DraftRow, 'uploadId' | 'receivedBytes'>,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void> {
  if (uploadId === null) throw new UsageError('There is no file.');
  for (let at = 0; at < receivedBytes; ) {
    signal?.throwIfAborted();
    const part = await findPart(ctx.db, uploadId, at);
    if (!part) throw new SiaranError('INPUT', 'the file was taken away while it was read; look at the draft again.');
    yield part;
    at += part.length;
  }
}
