import type { Context } from '../../context.js';
import type { CampaignById, CampaignRequest } from '../../domain/campaigns/campaign.js';
import type { CampaignChanges, ChangesById } from '../../domain/campaigns/campaign-changes.js';
import type { CampaignRow } from '../../store/campaigns.js';
import { applyTemplate, messageFields, refuseKnownFaults } from '../templates/apply-template.js';

/**
 * Puts the ids of the template in the place of its name. @throws {UsageError} that names what could be meant, or all that doesn't fit it.
 */
export async function campaignById(ctx: Context, request: CampaignRequest): Promise<CampaignById> {
  await refuseKnownFaults(ctx, request);
  // A campaign has no key that an earlier run could have begun with.
  return (await applyTemplate(ctx, request)).request as CampaignById;
}

/**
 * The same for changes of a campaign, whose other settings say which account, channel and columns the template has to fit.
 * @throws {UsageError}
 */
export async function changesById(
  ctx: Context,
  campaign: CampaignRow,
  { template: name, ...changes }: CampaignChanges,
): Promise<ChangesById> {
  if (name === undefined || name === null) return { ...changes, ...(name === null && { templateDetailId: null }) };
  const { account, columns, delivery } = campaign;
  const isIndividual = (changes.delivery ?? (delivery.individual ? 'individual' : 'bulk')) === 'individual';
  // One that is taken away is that of no template.
  const channelId = changes.channelId === undefined ? delivery.channelId : null;
  const given = Object.entries(changes).filter(([, value]) => value !== null && value !== undefined);
  const asked = {
    ...{ account, columns, ...(channelId !== null && { channelId }) },
    ...Object.fromEntries(given),
    ...{ template: name, delivery: isIndividual ? ('individual' as const) : ('bulk' as const) },
  };
  const { request, template } = await applyTemplate(ctx, asked);
  const told = template && isIndividual ? messageFields(template) : {};
  return { ...changes, ...told, templateDetailId: request.templateDetailId };
}
