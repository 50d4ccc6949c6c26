import { firingKeyPrefix } from '../campaigns/firing-key.js';
import { draftKeyPrefix } from '../drafts/draft-key.js';
import { retryKeyPrefix } from '../resending/retry-turn.js';

const reserved: readonly (readonly [prefix: string, whose: string])[] = [
  [firingKeyPrefix, 'those of campaigns'],
  [retryKeyPrefix, 'those of runs that are sent again by themselves'],
  [draftKeyPrefix, 'those of drafts'],
];

/** Why a caller can't give a run this key: Siaran gives such keys itself. */
export function reservedKeyFault(key: string): string | undefined {
  const found = reserved.find(([prefix]) => key.startsWith(prefix));
  return found && `key must not begin with ${found[0]}, as ${found[1]} do.`;
}

/** Whether workers read a run's rows into it, and seal it then: it is of a campaign, or of a draft. */
export function isReadByWorkers({ key }: { key: string | null }): boolean {
  return key !== null && (key.startsWith(firingKeyPrefix) || key.startsWith(draftKeyPrefix));
}
