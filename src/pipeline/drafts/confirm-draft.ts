import type { Context } from '../../context.js';
import { actingAs } from '../../context.js';
import { draftKey } from '../../domain/drafts/draft-key.js';
import { preparingHold } from '../../domain/runs/run.js';
import { SiaranError, UsageError } from '../../errors.js';
import { confirmDraftRow, lockDraft } from '../../store/drafts/confirmed-drafts.js';
import { rememberMapping } from '../../store/drafts/drafts.js';
import { newRunId } from '../../store/new-run-id.js';
import { insertRun } from '../../store/runs.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { requireAccount } from '../require-account.js';
import { starterOf } from '../starter-of.js';
import { beginTrace } from '../traced.js';
import { changedMeanwhile, requireAsSeen } from './change-draft.js';
import type { SeenDraft } from './draft.js';
import { confirmAbove, planOf } from './plan-draft.js';
import { requireDraft } from './view-draft.js';

/**
 * Makes a run of a draft. Workers read the draft's rows into it, and nothing goes out before all of them are in. The run is made in the same
 * transaction in which the draft becomes unchangeable, so that a draft has one run however often, and by however many, it is confirmed.
 * @param people how many are messaged, as `planDraft` told; needed above `confirmAbove`.
 * @param actor in whose name the run is started
 * @throws {UsageError} that says what stands in the way @throws {ChangedMeanwhileError}
 */
export async function confirmDraft(
  ctx: Context,
  seen: SeenDraft,
  people: number | undefined,
  actor: string,
): Promise<{ runId: string }> {
  const known = await runOf(ctx, seen);
  if (known) return known;
  try {
    return await start(ctx, seen, people, actor);
  } catch (error) {
    // Somebody else may have confirmed it meanwhile, as it was seen.
    const other = error instanceof SiaranError ? await runOf(ctx, seen) : undefined;
    if (other) return other;
    throw error;
  }
}

/** The run of a draft that was confirmed as it was seen. @throws {ChangedMeanwhileError} when it was confirmed as it was afterwards */
async function runOf(ctx: Context, { id, version }: SeenDraft): Promise<{ runId: string } | undefined> {
  const row = await requireDraft(ctx, id);
  if (row.runId === null) return undefined;
  if (row.version !== version) throw await changedMeanwhile(ctx, id, row);
  return { runId: row.runId };
}

async function start(
  ctx: Context,
  seen: SeenDraft,
  people: number | undefined,
  actor: string,
): Promise<{ runId: string }> {
  const row = await requireAsSeen(ctx, seen);
  const { plan, settings } = await planOf(ctx, row);
  if (!settings) throw new UsageError(plan.faults.join('\n'));
  refusePeople(plan.people, people);
  await refuseOtherDatabase(ctx);
  await requireAccount(ctx, settings.account);
  const starter = starterOf(actingAs(ctx, actor), settings);
  const { account, templateDetailId } = settings;
  const made = await ctx.db
    .$transaction(async (tx) => {
      const known = await lockDraft(tx, seen);
      if (known !== undefined) return { runId: known, isNew: false };
      const run = await insertRun(tx, newRunId(), draftKey(seen.id), settings, preparingHold(''), starter);
      if (!run || !(await confirmDraftRow(tx, seen, { runId: run.id, by: actor }))) throw new NotAsSeen();
      await rememberMapping(tx, { account, templateDetailId, mapping: row.mapping });
      return { runId: run.id, isNew: true };
    })
    .catch(async (error: unknown) => {
      throw error instanceof NotAsSeen ? await changedMeanwhile(ctx, seen.id) : error;
    });
  if (made.isNew) await beginTrace(ctx, made.runId);
  return { runId: made.runId };
}

/** Rolls the transaction back: the run is not made. */
class NotAsSeen extends Error {}

function refusePeople(people: number, said: number | undefined): void {
  const count = people.toLocaleString('en-US');
  if (said === undefined && people > confirmAbove)
    throw new UsageError(`people: say how many people are to be messaged, ${count}, to confirm.`);
  if (said !== undefined && said !== people)
    throw new UsageError(`people is ${said}, and ${count} people would be messaged. Nothing was started.`);
}
