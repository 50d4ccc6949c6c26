import type { Context, DeliveryContext } from '../../context.js';
import { isUnapproved } from '../../domain/templates/template.js';
import { lockCampaign } from '../../store/campaigns.js';
import { type Claim, releaseClaim } from '../../store/claims.js';
import { lockRunState } from '../../store/runs.js';
import { campaignOfUnheld, holdForTemplate, pauseForTemplate } from '../../store/template-holds.js';
import { findTemplate } from '../../store/templates.js';
import { unapprovedWords } from './resolve-template.js';

/** Holds a run whose template doesn't get through, and pauses its campaign, once. `false`: it was done before, or something else holds it. */
export async function holdRunForTemplate(
  ctx: Context,
  { runId, campaignId, reason }: { runId: string; campaignId: string | null; reason: string },
): Promise<boolean> {
  return ctx.db.$transaction(async (tx) => {
    if (campaignId !== null) await lockCampaign(tx, campaignId);
    await lockRunState(tx, runId);
    const held = await holdForTemplate(tx, runId, reason);
    if (held && campaignId !== null) await pauseForTemplate(tx, campaignId, `run ${runId}: ${reason}`);
    return held;
  });
}

/**
 * Gives a claimed batch back, and holds its run, if its template isn't approved as far as is known. An operator who resumes the run knows
 * better, and it isn't held for it again. `true`: it must not be sent now.
 */
export async function stopUnapproved(ctx: DeliveryContext, claim: Claim): Promise<boolean> {
  const { runId, account, templateDetailId } = claim;
  if (!(await ctx.approvals.isUnapproved(account, templateDetailId))) return false;
  const template = await findTemplate(ctx.db, account, templateDetailId);
  const unheld = await campaignOfUnheld(ctx.db, runId);
  if (!unheld || !template || !isUnapproved(template)) return false;
  const reason = `its ${unapprovedWords(template)}`;
  const isHeld = await holdRunForTemplate(ctx, { runId, campaignId: unheld.campaignId, reason });
  if (isHeld) {
    ctx.logger.error({ runId, campaignId: unheld.campaignId, reason }, 'run held: its template is not approved');
    await releaseClaim(ctx.db, claim);
  }
  return isHeld;
}
