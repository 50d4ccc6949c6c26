import type { Context } from '../../context.js';
import { meaningOf } from '../../domain/statuses/failure-meanings.js';
import { NotFoundError } from '../../errors.js';
import { findCampaign } from '../../store/campaigns.js';
import { runsOfCampaign } from '../../store/views/firing-views.js';
import {
  type CountedFailure,
  countsOfRuns,
  failuresOfRuns,
  hoursOfRun,
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

/** What became of a run's messages. */
export type RunResults = MessageResults & {
  /** The run's id. */
  runId: string;
  /** The run's name. */
  name: string;
  /** How the results came in: what Siaran had been told by the end of each hour in which it was told anything. */
  hours: (ToldByHour & {
    /** The hour's beginning, ISO 8601 in UTC. */
    hour: string;
  })[];
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
  /** Each firing that started a run, newest first. */
  firings: FiringResults[];
};

const mostHours = 24 * 14;

/** @throws {NotFoundError} */
export async function viewResults(ctx: Context, runId: string): Promise<RunResults> {
  const { name } = await requireRun(ctx, runId);
  const hours = await hoursOfRun(ctx.db, runId, mostHours);
  return {
    ...{ runId, name, ...(await messageResults(ctx, [runId])) },
    hours: hours.map(({ hour, ...counts }) => ({ hour: hour.toISOString(), ...counts })),
  };
}

/** @throws {NotFoundError} */
export async function viewCampaignResults(ctx: Context, name: string): Promise<CampaignResults> {
  const campaign = await findCampaign(ctx.db, name);
  if (!campaign) throw new NotFoundError('campaign', name);
  const firings = await runsOfCampaign(ctx.db, campaign.id);
  const ids = firings.map(({ runId }) => runId);
  const counts = await countsOfRuns(ctx.db, ids);
  return {
    ...{ name: campaign.name, ...(await messageResults(ctx, ids)) },
    firings: firings.map(({ at, runId }) => ({ at: at.toISOString(), runId, ...(counts.get(runId) ?? noMessages) })),
  };
}

/** Of these runs together. */
export async function messageResults(ctx: Context, runIds: readonly string[]): Promise<MessageResults> {
  const counts = await countsOfRuns(ctx.db, runIds);
  const total = { ...noMessages };
  for (const each of counts.values())
    for (const name of Object.keys(total) as (keyof MessageCounts)[]) total[name] += each[name];
  return { ...total, reasons: (await failuresOfRuns(ctx.db, runIds)).map(reasonOf) };
}

function reasonOf({ code, failed, failedAfterDelivered }: CountedFailure): MessageFailure {
  return { code, count: failed, afterDelivered: failedAfterDelivered, ...(meaningOf(code) ?? unknownMeaning(code)) };
}

function unknownMeaning(code: number | null) {
  const advice = 'Its messages have it in the words of the provider: siaran export RUN.';
  if (code === null) return { meaning: 'Qiscus told no code.', advice };
  return { meaning: `Siaran does not know this code.`, advice: `${advice} Meta lists its error codes.` };
}
