import type { Context } from '../../context.js';
import { nextOccurrences } from '../../domain/schedules/schedule.js';
import type { CampaignRow } from '../../store/campaigns.js';
import { decidedAfter } from '../../store/firings.js';

/** The next instants at which a campaign fires, ascending: those of its schedule that aren't decided yet. */
export async function nextInstants(ctx: Context, campaign: CampaignRow, count: number): Promise<Date[]> {
  const { schedule, decidedUntil } = campaign;
  const decided = new Set((await decidedAfter(ctx.db, campaign, decidedUntil)).map((at) => at.getTime()));
  const instants = nextOccurrences(schedule, decidedUntil, count + decided.size);
  return instants.filter((at) => !decided.has(at.getTime())).slice(0, count);
}
