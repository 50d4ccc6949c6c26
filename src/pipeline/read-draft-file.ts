import type { Context } from '../context.js';
import { SiaranError, UsageError } from '../errors.js';
import { findPart } from '../store/drafts/draft-files.js';
import type { DraftRow } from '../store/drafts/drafts.js';

/**
 * A part is read in pieces: values of rows are kept as views of the text that they were cut from, and Node frees long texts late.
 */
const pieceBytes = 65_536;

/** The bytes of a draft's file, one after the other. Where one is missing, the file was taken away meanwhile: its end would look like the list's. */
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
    for (let from = 0; from < part.length; from += pieceBytes) yield part.subarray(from, from + pieceBytes);
    at += part.length;
  }
}
