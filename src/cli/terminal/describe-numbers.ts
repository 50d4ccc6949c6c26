import type { NumberCounts } from '../../pipeline/campaigns/forecast.js';
import { count, plural } from './output.js';

const mostShown = 8;

/** `ID 2,460 · SG 3 · of them 2 land lines`: the commonest countries by their codes, the others as one number. */
export function describeNumbers({ countries, landlines, tollFree }: NumberCounts): string {
  const all = Object.entries(countries).sort(([, a], [, b]) => b - a);
  const others = all.slice(mostShown).reduce((sum, [, numbers]) => sum + numbers, 0);
  return [
    ...all.slice(0, mostShown).map(([country, numbers]) => `${country} ${count(numbers)}`),
    ...(others > 0 ? [`others ${count(others)}`] : []),
    ...(landlines > 0 ? [`of them ${plural(landlines, 'land line')}`] : []),
    ...(tollFree > 0 ? [`of them ${count(tollFree)} toll-free`] : []),
  ].join(' · ');
}
