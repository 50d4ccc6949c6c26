import { faultOfValue, type Judge, version as seenVersion, whole } from '../domain/text/judge-value.js';
import { UsageError } from '../errors.js';
import { audited } from '../pipeline/audited.js';
import { confirmDraft } from '../pipeline/drafts/confirm-draft.js';
import { discardDraft } from '../pipeline/drafts/discard-draft.js';
import type { Draft, DraftPlan, SeenDraft } from '../pipeline/drafts/draft.js';
import { type ConfirmedDraft, type ConfirmOptions, makeDraft, type NewDraft } from '../pipeline/drafts/make-draft.js';
import { planDraft } from '../pipeline/drafts/plan-draft.js';
import { findDraft, listDrafts } from '../pipeline/drafts/view-draft.js';
import { DeskCalls } from './siaran-desk.js';

const upTo100 = whole(0, 100, 'it is how many drafts at most, a whole number up to 100');

/** The calls of `Siaran` that are about drafts. */
export abstract class DraftCalls extends DeskCalls {
  /**
   * Makes a draft of a list, for a person to look at in the browser, or for `confirmDraft`. With a template, all rows are read once, and `check` says
   * what they come to. Nothing is enqueued. When something is wrong with the request or the list, no draft is left.
   * @param list the bytes or the text of a file as `siaran send` reads one, of at most 200 MB; about 1 MB of it is held in memory.
   * @throws {UsageError} that names what is wrong; errors of `list` as they are.
   */
  makeDraft(request: NewDraft, list: AsyncIterable<Uint8Array | string>): Promise<Draft> {
    return makeDraft(this.ctx, request, list);
  }

  /** The drafts that were changed last, the latest first. @param limit at most so many, up to 100 @throws {UsageError} */
  async drafts(limit = 20): Promise<Draft[]> {
    refuse('limit', limit, upTo100);
    return (await listDrafts(this.ctx, { limit })).items;
  }

  /** A draft as it stands. @throws {NotFoundError} */
  draft(draftId: string): Promise<Draft> {
    return findDraft(this.ctx, draftId);
  }

  /** All that confirming a draft would mean, and in `faults` what stands in its way. @throws {NotFoundError} */
  planDraft(draftId: string): Promise<DraftPlan> {
    return planDraft(this.ctx, draftId);
  }

  /**
   * Makes a run of a draft, in the name of `SIARAN_ACTOR`. Workers read its rows into the run, and nothing goes out before all of them are in. The same again
   * gives the same run. @param seen the draft as it was looked at
   * @throws {UsageError} that says what stands in the way @throws {ChangedMeanwhileError} when it isn't the version that was seen.
   */
  async confirmDraft({ id, version }: SeenDraft, { people }: ConfirmOptions = {}): Promise<ConfirmedDraft> {
    refuse('version', version, seenVersion);
    return audited(this.ctx, { action: 'draft confirm', target: id, detail: { people } }, () =>
      confirmDraft(this.ctx, { id, version }, people, this.ctx.config.actor),
    );
  }

  /**
   * Throws a draft away, and its file with it; a run that it has become stays. @param seen the version that was looked at; default: whatever it is by now
   * @throws {NotFoundError} @throws {UsageError} while its rows are read into its run @throws {ChangedMeanwhileError} when it isn't the version that was seen.
   */
  async discardDraft(
    draftId: string,
    seen: {
      /** As the draft had it when somebody looked at it. Default: whatever it is by now. */
      version?: number;
    } = {},
  ): Promise<void> {
    if (seen.version !== undefined) refuse('version', seen.version, seenVersion);
    return audited(this.ctx, { action: 'draft discard', target: draftId }, () => discardDraft(this.ctx, draftId, seen));
  }
}

/** @throws {UsageError} that says what would be right */
function refuse(name: string, value: unknown, judge: Judge): void {
  const fault = faultOfValue(name, value, judge);
  if (fault !== undefined) throw new UsageError(fault);
}
