import { randomUUID } from 'node:crypto';
import { audienceFault } from '../../audience/audience-fault.js';
import type { OpenedAudience } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';
import { fittingOfColumns } from '../../domain/drafts/mapping.js';
import { claimDraft, type DraftClaim, endDraft, keepDraft, releaseDraft } from '../../store/drafts/confirmed-drafts.js';
import { isPostgresAway } from '../../store/postgres/database.js';
import { claimMs, type Preparation, prepare } from '../campaigns/prepare.js';
import { openRows } from './open-rows.js';
import { requireDraft } from './view-draft.js';

/**
 * Reads the rows of a confirmed draft into its run, as those of a campaign's firing are: the run is held until all of them are in. If a worker dies
 * meanwhile, another one reads them again from their beginning. @param stop gives the draft back. Returns whether there was one.
 */
export async function prepareNextDraft(ctx: Context, stop: AbortSignal): Promise<boolean> {
  const audiences = [...ctx.config.namedAudiences.keys()];
  const claim = await claimDraft(ctx.db, { token: randomUUID(), ttlMs: claimMs, audiences });
  return claim !== undefined && prepare(ctx, preparationOf(ctx, claim), stop);
}

function preparationOf(ctx: Context, claim: DraftClaim): Preparation {
  const { id, runId, columns, people, decidedAt, now } = claim;
  return {
    ...{ runId, columns, confirmed: people, of: { draftId: id }, decidedAt, now },
    open: (signal) => open(ctx, claim, signal),
    keep: (db, ttlMs) => keepDraft(db, claim, ttlMs),
    release: (db, waitMs) => releaseDraft(db, claim, waitMs),
    end: (tx, { status }) => endDraft(tx, claim, status === 'prepared' ? 'started' : 'failed'),
  };
}

/** Its columns are those that it was confirmed with, whatever became of its template since. */
async function open(ctx: Context, { id, columns, name }: DraftClaim, signal: AbortSignal): Promise<OpenedAudience> {
  const row = await requireDraft(ctx, id);
  const opened = await openRows(ctx, row, fittingOfColumns(columns, row.heads, row.mapping), signal).catch(
    (error: unknown) => {
      throw faultOf(name, error);
    },
  );
  return { name, columns: opened.columns, rows: told(name, opened.rows), close: opened.close };
}

/** What is wrong with the list itself gives the run up; a Postgres that is away doesn't. */
function faultOf(name: string, error: unknown): unknown {
  return isPostgresAway(error) ? error : audienceFault(JSON.stringify(name), error);
}

async function* told(name: string, rows: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* rows;
  } catch (error) {
    throw faultOf(name, error);
  }
}
