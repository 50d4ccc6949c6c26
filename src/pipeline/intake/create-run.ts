import type { Context } from '../../context.js';
import { holdAtFirst, type RunSettings } from '../../domain/runs/run.js';
import { UnconfirmedError } from '../../errors.js';
import { newRunId } from '../../store/new-run-id.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type CreatedRun, findRun, findRunByKey, insertRun, type RunRow, type Starter } from '../../store/runs.js';
import { patiently, Tries } from '../patience.js';
import { starterOf } from '../starter-of.js';

/** What belongs to a new run from its beginning, written in the same transaction. */
export type Content = (tx: Sql, run: CreatedRun) => Promise<void>;

/** Creates a run with its content in one go with others. `false`: it was not created. */
export type QuickCreation = (run: {
  runId: string;
  key: string | null;
  settings: RunSettings;
  starter: Starter;
}) => Promise<boolean>;

/** A run that is new, or the one that had its key before. */
type Created = { isNew: true; id: string } | { isNew: false; run: RunRow };

/**
 * Creates the run, or finds the one that has its key. A commit whose confirmation was lost is tried again under the same id: it
 * is known by that then, and nothing is made a second time.
 * @throws {UnconfirmedError} when Postgres neither confirms a commit nor can be asked about it for as long as the call waits.
 */
export async function createRun(
  ctx: Context,
  key: string | null,
  settings: RunSettings,
  content: Content | undefined,
  quickly: QuickCreation = async () => false,
): Promise<Created> {
  const hold = holdAtFirst(settings);
  const starter = starterOf(ctx, settings);
  // What it doesn't know must not be lost.
  const isQuick = hold === undefined && !settings.skipMissed && settings.retryAfterFailure === null;
  for (;;) {
    const id = newRunId();
    const tries = new Tries();
    const insert = () =>
      ctx.db.$transaction(async (tx) => {
        const run = await insertRun(tx, id, key, settings, hold, starter);
        if (run) tries.noteInserted();
        if (run && content) await content(tx, run);
        return run ?? (tries.failed > 0 ? await findRun(tx, id) : undefined);
      });
    try {
      if (isQuick && (await tries.note(quickly({ runId: id, key, settings, starter })))) return { isNew: true, id };
    } catch (err) {
      ctx.logger.debug({ err, runId: id }, 'not created together with others');
    }
    const created = await patiently(ctx, () => tries.note(insert())).catch((error: unknown) => {
      throw tries.isUnclear ? unconfirmed(id, key, error) : error;
    });
    if (created) return { isNew: true, id };
    const known = key === null ? undefined : await patiently(ctx, () => findRunByKey(ctx.db, key));
    if (known) return { isNew: false, run: known };
    // Only the id itself can have been taken: another one is drawn.
  }
}

function unconfirmed(runId: string, key: string | null, cause: unknown): UnconfirmedError {
  const advice =
    key === null
      ? `It has no key, so that to start it again may message its recipients twice. Look first whether there is a run ${runId}.`
      : `Start it again with the same key, ${JSON.stringify(key)}: that gives this run, and no second one.`;
  return new UnconfirmedError(`run ${runId} was started`, { runId, advice, retryable: key !== null, cause });
}
