import { callingCodeOf } from '../numbers/numbering-plans.js';

/** What one message costs: millionths of a currency, so that sums are exact. */
export type Price = Readonly<{ millionths: bigint; currency: string }>;

/** By category of template (`marketing`, `utility`, `authentication`), then by calling code (`62`). */
export type Prices = ReadonlyMap<string, ReadonlyMap<string, Price>>;

/** What a price has to look like. */
export const priceForm = 'write an amount and a currency in quotes, for example "0.0411 USD"';

/** What messages cost, as far as it is known. */
export type Cost = {
  /** That of the template; `null`: nobody has told it. */
  category: string | null;
  /** The sum in each currency. None: nothing is known. */
  amounts: {
    /** A decimal with a point and at least two digits behind it. */
    amount: string;
    /** Three capitals, as `IDR`. */
    currency: string;
  }[];
  /** Whether everybody has a price: if not, it costs more than this. */
  isWhole: boolean;
  /** How many people have none. */
  unpriced: number;
  /** The calling codes that have none, in their order; an empty one stands for numbers without a country. */
  unpricedCodes: string[];
};

/** Who is to be messaged, and with what. */
type Priced = {
  /** That of the template; `null`: nobody has told it, so that no price is known. */
  category: string | null;
  /** How many people each calling code has. */
  countByCallingCode: ReadonlyMap<string, number>;
};

/** Reads `0.0411 USD`; `undefined`: it is no price. Digits beyond the sixth behind the point are none that anybody asks for. */
export function readPrice(text: string): Price | undefined {
  const [, whole, fraction = '', currency] = /^(\d{1,12})(?:\.(\d{1,6}))? ([A-Z]{3})$/.exec(text.trim()) ?? [];
  if (whole === undefined || currency === undefined) return undefined;
  return { millionths: BigInt(whole + fraction.padEnd(6, '0')), currency };
}

/** Adds up what so many messages cost. Currencies aren't converted. */
export function costOf({ category, countByCallingCode }: Priced, prices: Prices): Cost {
  const sums = new Map<string, bigint>();
  const unpriced = new Map<string, number>();
  const ofCategory = category === null ? undefined : prices.get(category);
  for (const [code, count] of countByCallingCode) {
    if (count === 0) continue;
    const price = ofCategory?.get(code);
    if (price) sums.set(price.currency, (sums.get(price.currency) ?? 0n) + price.millionths * BigInt(count));
    else unpriced.set(code, count);
  }
  return {
    category,
    amounts: [...sums].sort().map(([currency, millionths]) => ({ amount: decimal(millionths), currency })),
    isWhole: unpriced.size === 0,
    unpriced: [...unpriced.values()].reduce((sum, count) => sum + count, 0),
    unpricedCodes: [...unpriced.keys()].sort(),
  };
}

/** How many people each calling code has. @param countByStart by what their numbers begin with: three digits or more */
export function byCallingCode(countByStart: Iterable<readonly [string, number]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [start, count] of countByStart) {
    const code = callingCodeOf(start) ?? '';
    counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return counts;
}

/** At least two digits behind the point, and no zero behind those. */
function decimal(millionths: bigint): string {
  const digits = String(millionths).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${digits.slice(0, -6)}.${fraction}`;
}
