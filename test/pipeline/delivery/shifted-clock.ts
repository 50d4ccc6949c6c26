/** For tests of whom a wrong clock may mislead: `Date` is off, while Postgres's clock and the monotonic one go on as they do. */
export function shiftClock(ms: number): { restore(): void } {
  const real = globalThis.Date;
  globalThis.Date = class extends real {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(real.now() + ms);
      else super(...(given as [number]));
    }
    static override now(): number {
      return real.now() + ms;
    }
  } as DateConstructor;
  return {
    restore() {
      globalThis.Date = real;
    },
  };
}

/** NODE_OPTIONS with which a program starts on a machine whose clock is off. */
export function shiftedClock(ms: number): string {
  const code = `const R=Date;globalThis.Date=class extends R{constructor(...g){g.length?super(...g):super(R.now()+${ms})}static now(){return R.now()+${ms}}}`;
  return `--import data:text/javascript,${encodeURIComponent(code)}`;
}
