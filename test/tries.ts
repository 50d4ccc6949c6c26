/**
 * How often a property is tried with other values. Each run of the tests draws new ones; a fifth of them is enough for a quick one, and
 * `.ci/run` tries all (SIARAN_TRIES=all).
 */
export function tries(all: number): number {
  return process.env.SIARAN_TRIES === 'all' ? all : Math.ceil(all / 5);
}
