import type { Context } from '../../context.js';
import { templateReason } from '../../domain/statuses/template-trouble.js';
import { lockCampaign } from '../../store/campaigns.js';
import { lockRunState } from '../../store/runs.js';
import {
  holdForTemplate,
  pauseForTemplate,
  runsWithTemplateTrouble,
  type TroubledRun,
} from '../../store/template-holds.js';

/**
 * Holds runs whose template doesn't get through, and pauses their campaigns: what else they send would fail too. Each run is
 * held once for it. Any number of processes may do this at the same time.
 */
export async function holdPausedTemplates(ctx: Context): Promise<void> {
  for (const trouble of await runsWithTemplateTrouble(ctx.db)) await hold(ctx, trouble);
}

async function hold(ctx: Context, { runId, campaignId, ...trouble }: TroubledRun): Promise<void> {
  const reason = templateReason(trouble);
  const isHeld = await ctx.db.$transaction(async (tx) => {
    if (campaignId !== null) await lockCampaign(tx, campaignId);
    await lockRunState(tx, runId);
    const held = await holdForTemplate(tx, runId, reason);
    if (held && campaignId !== null) await pauseForTemplate(tx, campaignId, `run ${runId}: ${reason}`);
    return held;
  });
  if (isHeld)
    ctx.logger.error({ runId, campaignId, code: trouble.code }, `its template does not get through: ${reason}`);
}
