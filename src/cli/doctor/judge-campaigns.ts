import type { Context } from '../../context.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { longPreparations } from '../../store/views/firing-views.js';
import type { Finding } from './check.js';

/** An audience that takes longer is large, or nobody is there who can read it. */
const longMs = 300_000;

/** Whether every campaign's runs get their audience. */
export async function judgeCampaigns({ db }: Context): Promise<Finding> {
  const waiting = await longPreparations(db, longMs);
  if (waiting.length === 0) return { ok: true, detail: 'no audience waits to be read' };
  const each = waiting.map(({ campaign, runId, since }) => `${campaign} (run ${runId}) since ${showInstant(since)}`);
  const functions = waiting.filter(({ audience }) => audience.startsWith('function:')).map(({ audience }) => audience);
  const todo =
    functions.length === 0
      ? "Start a worker, or see in the workers' logs why it is not read."
      : `Start the program that registers ${[...new Set(functions)].join(', ')} and runs workers.`;
  return { ok: false, detail: `audiences wait to be read: ${each.join(', ')}`, todo };
}
