import leven from 'leven';

/** The name that was probably meant by one that isn't known, in whatever case; `undefined`: it is near to none. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const name = written.slice(0, 100).toLowerCase();
  const [best] = known
    .map((other) => ({ other, distance: leven(name, other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.min(3, best.other.length / 2) ? best.other : undefined;
}
