import type { CampaignSettings } from './campaign.js';

/** What a campaign asks for before its runs go out; empty if it asks for nothing of its own. */
export function approvalSetting({
  approvalAbove: above,
  approveOnce,
}: Pick<CampaignSettings, 'approvalAbove' | 'approveOnce'>): string {
  const whom = above === null ? '' : above === 0 ? 'of every run' : `above ${above.toLocaleString('en-US')} people`;
  return [whom, approveOnce ? 'once for each version' : ''].filter((words) => words !== '').join(', ');
}
