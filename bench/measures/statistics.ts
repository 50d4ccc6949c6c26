import type { Case, Comparison, Measurement } from '../case.js';

export type Summary = { median: number; least: number; most: number };

/** The medians of one contender at one size. */
export type Standing = { contender: string; recipients: number; rounds: number; figures: Record<string, Summary> };

export type RatioLine = { text: string; figure: string; recipients?: number } & Summary;

/** In the order in which they were first measured. */
export function standings(measurements: readonly Measurement[]): Standing[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const key = `${measurement.recipients} ${measurement.contender}`;
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const names = new Set(group.flatMap(({ figures }) => Object.keys(figures)));
    const figures = [...names].flatMap((name) => {
      const values = valuesOf(group, name);
      return values.length === 0 ? [] : [[name, summarise(values)] as const];
    });
    const { contender, recipients } = first;
    return [{ contender, recipients, rounds: group.length, figures: Object.fromEntries(figures) }];
  });
}

export function ratioLines({ compare, compareSizes = [] }: Case, measurements: readonly Measurement[]): RatioLine[] {
  const sizes = [...new Set(measurements.map(({ recipients }) => recipients))].sort((a, b) => a - b);
  const lines = sizes.flatMap((recipients) => {
    const ofSize = measurements.filter((measurement) => measurement.recipients === recipients);
    return compare.flatMap((comparison) => compareContenders(ofSize, comparison, recipients));
  });
  return [...lines, ...compareSizes.flatMap((figure) => compareEnds(measurements, figure, sizes))];
}

function compareContenders(
  measurements: readonly Measurement[],
  { figure, of, to }: Comparison,
  recipients: number,
): RatioLine[] {
  const ratios = pairs(
    measurements.filter(({ contender }) => contender === of),
    measurements.filter(({ contender }) => contender === to),
    figure,
  );
  if (ratios.length === 0) return [];
  return [{ text: `${of} / ${to}, ${recipients.toLocaleString('en')}`, figure, recipients, ...summarise(ratios) }];
}

function compareEnds(measurements: readonly Measurement[], figure: string, sizes: readonly number[]): RatioLine[] {
  const [small, large] = [sizes[0], sizes.at(-1)];
  if (small === undefined || large === undefined || small === large) return [];
  const ratios = pairs(
    measurements.filter(({ recipients }) => recipients === large),
    measurements.filter(({ recipients }) => recipients === small),
    figure,
  );
  if (ratios.length === 0) return [];
  return [{ text: `${large.toLocaleString('en')} / ${small.toLocaleString('en')}`, figure, ...summarise(ratios) }];
}

/** Of measurements of the same round, made shortly after each other, so that a machine that is busy for a while tilts nothing. */
function pairs(of: readonly Measurement[], to: readonly Measurement[], figure: string): number[] {
  return of.flatMap((one) => {
    const value = one.figures[figure];
    const base = to.find(({ round }) => round === one.round)?.figures[figure];
    return value === undefined || !base ? [] : [value / base];
  });
}

function valuesOf(measurements: readonly Measurement[], figure: string): number[] {
  return measurements.flatMap(({ figures }) => figures[figure] ?? []);
}

function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [below, above] = [sorted[Math.floor(middle)] ?? Number.NaN, sorted[Math.ceil(middle)] ?? Number.NaN];
  return { median: (below + above) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
