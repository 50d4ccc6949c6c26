import { randomUUID } from 'node:crypto';
import type { Context } from '../../context.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { isLabel } from '../../domain/runs/label.js';
import { SiaranError, UsageError } from '../../errors.js';
import { appendPart, endOfFile } from '../../store/drafts/draft-files.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import { change, changedMeanwhile, nextMapping, noFile, requireAsSeen } from './change-draft.js';
import type { Draft, SeenDraft } from './draft.js';
import { headsOfFile } from './open-rows.js';
import { findDraft, requireDraft } from './view-draft.js';

/** How long a file of recipients may be. */
const longestFile = 200_000_000;

/** So much is kept in one row: what a process holds of a file, and what an upload that breaks off loses at most. */
const partBytes = 1_000_000;

/**
 * Begins to take a file of recipients, in the place of what the draft had. The draft's source has the `uploadId` that parts are appended with.
 * @param file `bytes` its length; `null`: nobody knows it yet, and the last part says that it is the last.
 * @throws {UsageError} also for a file of more than 200 MB @throws {ChangedMeanwhileError}
 */
export async function beginUpload(
  ctx: Context,
  seen: SeenDraft,
  { fileName, bytes }: { fileName: string; bytes: number | null },
): Promise<Draft> {
  if (!isLabel(fileName)) throw new UsageError('fileName must be a text of 1 to 200 characters in one line.');
  if (bytes !== null && !(Number.isInteger(bytes) && bytes > 0))
    throw new UsageError(`bytes is ${bytes}; it is the length of the file in bytes, from 1 up.`);
  if (bytes !== null && bytes > longestFile) throw tooLong(fileName);
  await requireAsSeen(ctx, seen);
  await change(ctx, seen, {
    ...{ ...noFile, heads: [], audience: null },
    ...{ uploadId: randomUUID(), fileName, fileBytes: bytes },
  });
  return findDraft(ctx, seen.id);
}

/** Where an upload goes on, and whether that is its end. */
type UploadPlace = {
  /** As the draft's source has it. */
  uploadId: string;
  /** How much of the file is here already. */
  offset: number;
  /**
   * What stands before `offset` in the file that is sent, as far as its sender wants that compared: an upload that goes on later may be that
   * of another file.
   */
  before?: Buffer | undefined;
  /** This is all of the file that was still missing. Default: it is once as many bytes are here as were told. */
  isLast?: boolean | undefined;
};

/**
 * Takes what comes next of a file, as fast as Postgres keeps it. What came before it broke off stays, and the upload goes on there.
 * Once all of it is here, its header line is read; a file that is no list is thrown away.
 * @throws {ChangedMeanwhileError} when the file doesn't end at `offset`, or it is another upload by now; with the draft as `current`.
 * @throws {UsageError} for more than 200 MB, or than was told; for what is no list; or when the file is another one than that whose beginning is here
 */
export async function appendUpload(
  ctx: Context,
  id: string,
  { uploadId, offset, before, isLast }: UploadPlace,
  stream: AsyncIterable<Buffer>,
): Promise<Draft> {
  const row = await requireDraft(ctx, id);
  const isThere = row.state === 'open' && row.uploadId === uploadId && row.receivedBytes === offset;
  if (!isThere) throw await changedMeanwhile(ctx, id);
  if (row.isComplete) return findDraft(ctx, id);
  if (before !== undefined) await refuseOtherFile(ctx, uploadId, before);
  const received = await keepParts(ctx, row, stream);
  if (isLast === true && row.fileBytes !== null && received < row.fileBytes)
    throw new UsageError(`The file has ${row.fileBytes} bytes, and only ${received} of them are here.`);
  if (isLast === true || received === row.fileBytes) await complete(ctx, id, uploadId);
  return findDraft(ctx, id);
}

/** More of it than this isn't compared. */
export const mostBytesBefore = 300;

/** @throws {UsageError} when what is here ends otherwise than what its sender has before the rest */
async function refuseOtherFile(ctx: Context, uploadId: string, before: Buffer): Promise<void> {
  const end = await endOfFile(ctx.db, uploadId, mostBytesBefore);
  const length = Math.min(end.length, before.length);
  if (end.subarray(end.length - length).equals(before.subarray(before.length - length))) return;
  throw new UsageError('This is not the file of which a part is here already: begin the upload anew.');
}

/** @returns how much of the file is here then */
async function keepParts(ctx: Context, row: DraftRow, stream: AsyncIterable<Buffer>): Promise<number> {
  const { id: draftId, uploadId, fileName, fileBytes } = row;
  let [at, gathered, length]: [number, Buffer[], number] = [row.receivedBytes, [], 0];
  const keep = async () => {
    if (length === 0) return;
    const content = Buffer.concat(gathered, length);
    [gathered, length] = [[], 0];
    if (!(await appendPart(ctx.db, { draftId, uploadId: uploadId ?? '', startsAt: at }, content)))
      throw await changedMeanwhile(ctx, draftId);
    at += content.length;
  };
  try {
    for await (const chunk of stream) {
      if (fileBytes !== null && at + length + chunk.length > fileBytes)
        throw new UsageError(`More than the ${fileBytes} bytes came that the file was said to have.`);
      if (at + length + chunk.length > longestFile) throw tooLong(fileName ?? '');
      gathered.push(chunk);
      length += chunk.length;
      if (length >= partBytes) await keep();
    }
  } catch (error) {
    // What has come doesn't have to come again.
    if (!(error instanceof SiaranError)) await keep();
    throw error;
  }
  await keep();
  return at;
}

/** Reads the header line. If the draft is changed meanwhile, it is done once more with what it is then. */
async function complete(ctx: Context, id: string, uploadId: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const row = await requireDraft(ctx, id);
    if (row.uploadId !== uploadId || row.state !== 'open') throw await changedMeanwhile(ctx, id);
    if (row.isComplete) return;
    try {
      const heads = await headsOfFile(ctx, row);
      const mapping = await nextMapping(ctx, { ...row, heads }, { isOtherSource: true });
      return await change(ctx, row, { heads, mapping, isComplete: true, fileBytes: row.receivedBytes });
    } catch (error) {
      const isOther = error instanceof SiaranError && error.code === 'CHANGED_MEANWHILE';
      if (isOther && tries < 5) continue;
      if (error instanceof SiaranError && !isOther && !error.retryable)
        await change(ctx, row, { ...noFile, heads: [] }).catch(() => {});
      throw error;
    }
  }
}

function tooLong(fileName: string): UsageError {
  return new UsageError(
    `${showMasked(fileName)} is longer than 200 MB. Pack it with gzip, or send it in parts of their own.`,
  );
}
