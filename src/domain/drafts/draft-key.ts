/** What the keys of runs begin with that drafts are confirmed as. */
export const draftKeyPrefix = 'draft:';

/** The key of a draft's run: it has one, however often it is confirmed. */
export function draftKey(draftId: string): string {
  return `${draftKeyPrefix}${draftId}`;
}
