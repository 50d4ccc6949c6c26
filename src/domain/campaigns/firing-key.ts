/** What the keys of runs begin with that campaigns start. */
export const firingKeyPrefix = 'campaign:';

/** Whether a campaign started this run. */
export function isOfCampaign({ key }: { key: string | null }): boolean {
  return key?.startsWith(firingKeyPrefix) === true;
}

/** The key of an instant's run, after `replaced` earlier runs that were cancelled so that it could be fired again. */
export function firingKey(campaignId: string, at: Date, replaced: number): string {
  return `${firingKeyPrefix}${campaignId}:${at.toISOString()}${replaced === 0 ? '' : `#${replaced + 1}`}`;
}
