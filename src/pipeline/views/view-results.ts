import type { Context } from '../../context.js';
import { meaningOf } from '../../domain/statuses/failure-meanings.js';
import { NotFoundError } from '../../errors.js';
import { findCampaign } from '../../store/campaigns.js';
import { runsOfCampaign } from '../../store/views/firing-views.js';
import {
  type CountedFailure,
  countsOfRuns,
  failuresOfRuns,
  hoursOfRuns,
  type MessageCounts,
  noMessages,
  type ToldByHour,
} from '../../store/views/results.js';
import { requireRun } from '../require-run.js';

/** Why messages failed. */
export type MessageFailure = {
  /** WhatsApp's code; `null`: none was told. */
  code: number | null;
  /** How many failed with it before they were delivered. */
  count: number;
  /** How many failed with it after they had been delivered. */
  afterDelivered: number;
  /** What it means. */
  meaning: string;
  /** What to do about it. */
  advice: string;
};

/** What became of messages, and why some failed, the most frequent reason first. */
export type MessageResults = MessageCounts & {
  /** Their counts together are `failed`. */
  reasons: MessageFailure[];
};

/** What Siaran had been told by the end of each hour in which it was told anything; of the latest hours, if there are very many. */
export type ResultsByHour = (ToldByHour & {
  /** The hour's beginning, ISO 8601 in UTC. */
  hour: string;
})[];

/** What became of a run's messages. */
export type RunResults = MessageResults & {
  /** The run's id. */
  runId: string;
  /** The run's name. */
  name: string;
  /** How the results came in. */
  hours: ResultsByHour;
};

/** What became of the messages of one firing. */
export type FiringResults = MessageCounts & {
  /** The instant of the firing, ISO 8601 in UTC. */
  at: string;
  /** Its run. */
  runId: string;
};

/** What became of the messages of all of a campaign's runs. */
export type CampaignResults = MessageResults & {
  /** The campaign's name. */
  name: string;
  /** How the results of all its runs came in. */
  hours: ResultsByHour;
  /** Each firing that started a run, newest first. */
  firings: FiringResults[];
};

const mostHours = 24 * 14;

/** @throws {NotFoundError} */
export async function viewResults(ctx: Context, runId: string): Promise<RunResults> {
  const { name } = await requireRun(ctx, runId);
  const { counts, failures } = await readResults(ctx, [runId]);
  const hours = await viewHours(ctx, [runId]);
  return { runId, name, ...together([...counts.values()], failures.get(runId) ?? []), hours };
}

/** How the results of runs came in. */
export async function viewHours(ctx: Context, runIds: readonly string[]): Promise<ResultsByHour> {
  const hours = await hoursOfRuns(ctx.db, runIds, mostHours);
  return hours.map(({ hour, ...counts }) => ({ hour: hour.toISOString(), ...counts }));
}

/** @throws {NotFoundError} */
export async function viewCampaignResults(ctx: Context, name: string): Promise<CampaignResults> {
  const campaign = await findCampaign(ctx.db, name);
  if (!campaign) throw new NotFoundError('campaign', name);
  const firings = await runsOfCampaign(ctx.db, campaign.id);
  const ids = firings.map(({ runId }) => runId);
  const { counts, failures } = await readResults(ctx, ids);
  return {
    ...{ name: campaign.name, ...together([...counts.values()], [...failures.values()].flat()) },
    hours: await viewHours(ctx, ids),
    firings: firings.map(({ at, runId }) => ({ at: at.toISOString(), runId, ...(counts.get(runId) ?? noMessages) })),
  };
}

/** Of each of these runs. */
export async function resultsOfRuns(
  ctx: Context,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, MessageResults>> {
  const { counts, failures } = await readResults(ctx, runIds);
  return new Map(
    runIds.map((runId) => [runId, together([counts.get(runId) ?? noMessages], failures.get(runId) ?? [])]),
  );
}

async function readResults(ctx: Context, runIds: readonly string[]) {
  return { counts: await countsOfRuns(ctx.db, runIds), failures: await failuresOfRuns(ctx.db, runIds) };
}

function together(counts: readonly MessageCounts[], failures: readonly CountedFailure[]): MessageResults {
  const total = { ...noMessages };
  for (const each of counts)
    for (const name of Object.keys(total) as (keyof MessageCounts)[]) total[name] += each[name];
  const byCode = new Map<number | null, CountedFailure>();
  for (const { code, failed, failedAfterDelivered } of failures) {
    const known = byCode.get(code) ?? { code, failed: 0, failedAfterDelivered: 0 };
    known.failed += failed;
    known.failedAfterDelivered += failedAfterDelivered;
    byCode.set(code, known);
  }
  return { ...total, reasons: [...byCode.values()].sort(mostFrequentFirst).map(reasonOf) };
}

function mostFrequentFirst(a: CountedFailure, b: CountedFailure): number {
  const byCode = (a.code ?? Number.POSITIVE_INFINITY) < (b.code ?? Number.POSITIVE_INFINITY) ? -1 : 1;
  return b.failed - a.failed || b.failedAfterDelivered - a.failedAfterDelivered || byCode;
}

function reasonOf({ code, failed, failedAfterDelivered }: CountedFailure): MessageFailure {
  return { code, count: failed, afterDelivered: failedAfterDelivered, ...(meaningOf(code) ?? unknownMeaning(code)) };
}

function unknownMeaning(code: number | null) {
  const advice = 'Its messages have it in the words of the provider: siaran export RUN.';
  if (code === null) return { meaning: 'Qiscus told no code.', advice };
  return { meaning: `Siaran does not know this code.`, advice: `${advice} Meta lists its error codes.` };
}
