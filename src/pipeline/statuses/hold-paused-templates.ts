import type { Context } from '../../context.js';
import { templateReason } from '../../domain/statuses/template-trouble.js';
import { runsWithTemplateTrouble, type TroubledRun } from '../../store/template-holds.js';
import { holdRunForTemplate } from '../templates/hold-for-template.js';

/**
 * Holds runs whose template doesn't get through, and pauses their campaigns: what else they send would fail too. Each run is
 * held once for it. Any number of processes may do this at the same time.
 */
export async function holdPausedTemplates(ctx: Context): Promise<void> {
  for (const trouble of await runsWithTemplateTrouble(ctx.db)) await hold(ctx, trouble);
}

async function hold(ctx: Context, { runId, campaignId, ...trouble }: TroubledRun): Promise<void> {
  const reason = templateReason(trouble);
  if (await holdRunForTemplate(ctx, { runId, campaignId, reason }))
    ctx.logger.error({ runId, campaignId, code: trouble.code }, `its template does not get through: ${reason}`);
}
