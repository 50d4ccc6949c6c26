import { showMasked } from '../numbers/mask-number.js';
import type { SettingDigest, SettingKind } from './setting-digests.js';

/** A process, as messages call it, and its settings. */
export type Teller = { who: string; settings: readonly SettingDigest[] };

/** A setting that isn't the same at all processes. */
export type Disagreement = {
  kind: SettingKind;
  name: string;
  /** Some have it otherwise; else some only lack it. */
  isOtherwise: boolean;
  /** Who disagrees with whom about what, as a sentence without its end. */
  words: string;
};

/** So many processes are named. */
const mostNamed = 5;

/**
 * What processes don't agree on. An account or audience that a process lacks is none of its business: others deliver for it, or read
 * it. A calendar that it lacks keeps it from firing.
 */
export function disagreementsAmong(tellers: readonly Teller[]): Disagreement[] {
  const found: Disagreement[] = [];
  for (const [key, byDigest] of whoHas(tellers)) {
    const [kind, name] = JSON.parse(key) as [SettingKind, string];
    const having = [...byDigest.values()].sort((a, b) => b.length - a.length);
    const lacking = tellers.map(({ who }) => who).filter((who) => !having.some((each) => each.includes(who)));
    const isOtherwise = having.length > 1;
    if (!isOtherwise && (kind !== 'calendar' || lacking.length === 0)) continue;
    const parts = having.map((each, at) => `${verb(each)} ${at === 0 ? 'one' : at === 1 ? 'another' : 'yet another'}`);
    if (kind === 'calendar' && lacking.length > 0) parts.push(`${verb(lacking)} none`);
    found.push({ kind, name, isOtherwise, words: `${kind} ${showMasked(name)} is not the same: ${parts.join(', ')}` });
  }
  return found;
}

/** Who has each setting with each value, in order. */
function whoHas(tellers: readonly Teller[]): Map<string, Map<string, string[]>> {
  const all = new Map<string, Map<string, string[]>>();
  for (const { who, settings } of tellers)
    for (const [kind, name, digest] of settings) {
      const key = JSON.stringify([kind, name]);
      const byDigest = all.get(key) ?? new Map<string, string[]>();
      all.set(key, byDigest.set(digest, [...(byDigest.get(digest) ?? []), who]));
    }
  return new Map([...all].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function verb(who: readonly string[]): string {
  const named = who.length > mostNamed ? [...who.slice(0, mostNamed), `${who.length - mostNamed} more`] : who;
  const last = named.at(-1) ?? '';
  const subject = named.length === 1 ? last : `${named.slice(0, -1).join(', ')} and ${last}`;
  return `${subject} ${who.length === 1 ? 'has' : 'have'}`;
}
