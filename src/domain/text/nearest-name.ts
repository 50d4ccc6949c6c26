import leven from 'leven';
import { showMasked } from '../numbers/mask-number.js';

/** The name that was probably meant by one that isn't known, in whatever case; `undefined`: it is near to none. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const name = written.slice(0, 100).toLowerCase();
  const [best] = known
    .map((other) => ({ other, distance: leven(name, other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.min(3, best.other.length / 2) ? best.other : undefined;
}

/** Says that there is no setting of this name, and which one was probably meant. @param where it is asked for, such as `startRun` */
export function unknownSetting(where: string, name: string, known: readonly string[]): string {
  const meant = nearestName(name, known);
  const right = meant === undefined ? `there are ${known.join(', ')}` : `${meant} was probably meant`;
  return `${where} has no setting ${showMasked(name)}; ${right}.`;
}
