import type { Context } from '../../context.js';
import { searchNumber } from '../../domain/numbers/number-in-text.js';
import { SiaranError } from '../../errors.js';
import { openText } from '../../input/open-text.js';
import { addAudit } from '../../store/audit-log.js';
import { type KeptFile, keptFiles, takeFileAway } from '../../store/drafts/draft-files.js';
import { readDraftFile } from '../read-draft-file.js';

/** A draft whose list was thrown away, as somebody in it was forgotten. */
export type EmptiedDraft = {
  /** The draft's id. */
  id: string;
  /** The draft's name. */
  name: string;
};

/** What the draft tells whoever opens it. */
const why =
  'Its list was thrown away: there was somebody in it who asked to be forgotten. Upload it again without them.';

/**
 * Throws away the uploaded lists of drafts in which a number stands; the drafts stay. What has come of a list while others were looked at is
 * looked at too. What a worker reads into a run at the moment is left to it: it drops the person, and then the file.
 */
export async function forgetInLists(ctx: Context, identity: string, by: string): Promise<EmptiedDraft[]> {
  const emptied: EmptiedDraft[] = [];
  const looked = new Map<string, number>();
  for (;;) {
    const files = (await keptFiles(ctx.db)).filter(
      ({ uploadId, receivedBytes }) => looked.get(uploadId) !== receivedBytes,
    );
    if (files.length === 0) return emptied;
    for (const { uploadId, receivedBytes } of files) looked.set(uploadId, receivedBytes);
    emptied.push(...(await emptyThese(ctx, files, identity, by)));
  }
}

async function emptyThese(
  ctx: Context,
  files: readonly KeptFile[],
  identity: string,
  by: string,
): Promise<EmptiedDraft[]> {
  const emptied: EmptiedDraft[] = [];
  for (const file of files) {
    if (!(await holdsNumber(ctx, file, identity))) continue;
    const { id, name } = file;
    const isTaken = await ctx.db.$transaction(async (tx) => {
      const taken = await takeFileAway(tx, file, why);
      if (taken) await addAudit(tx, { actor: by, action: 'draft list forgotten', target: id, detail: {} });
      return taken;
    });
    if (isTaken) emptied.push({ id, name });
  }
  return emptied;
}

/** Whose list ends in the middle is looked at as far as it goes; one that is whole and can't be read is as good as one that has the number. */
async function holdsNumber(ctx: Context, file: KeptFile, identity: string): Promise<boolean> {
  let broken: unknown;
  async function* bytes() {
    try {
      yield* readDraftFile(ctx, file, ctx.closing);
    } catch (error) {
      broken = error;
      throw error;
    }
  }
  const search = searchNumber(identity);
  try {
    for await (const piece of openText(bytes(), file.name).text) if (search.push(piece)) return true;
    return search.end();
  } catch (error) {
    // Taken away meanwhile, or not read for another reason than what is in it.
    if (broken !== undefined) {
      if (broken instanceof SiaranError) return false;
      throw broken;
    }
    if (error instanceof SiaranError) return file.isComplete;
    throw error;
  }
}
