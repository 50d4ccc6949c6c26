import { nameCallingCode } from '../numbers/numbering-plans.js';
import type { Cost } from './prices.js';

/** So many calling codes are named that have no price. */
const mostNamed = 3;

/** `1,234.56 USD and 3,000.00 IDR; not all known: 12 people of Singapore (65) have no price`. @param cost `null`: there is no price list */
export function costText(cost: Cost | null): string {
  if (cost === null) return 'not known: there is no price list';
  const { category, amounts, isWhole, unpriced, unpricedCodes } = cost;
  if (category === null) return "not known: nobody has told the template's category";
  const known = amounts.map(({ amount, currency }) => `${grouped(amount)} ${currency}`).join(' and ');
  if (isWhole) return known === '' ? 'nothing' : known;
  const named = unpricedCodes.slice(0, mostNamed).map((code) => (code === '' ? 'no country' : nameCallingCode(code)));
  const more = unpricedCodes.length > mostNamed ? ` and ${unpricedCodes.length - mostNamed} others` : '';
  const whom = `${unpriced.toLocaleString('en-US')} ${unpriced === 1 ? 'person' : 'people'} of ${named.join(', ')}${more}`;
  return `${known === '' ? 'not known' : `${known}; not all known`}: ${whom} ${unpriced === 1 ? 'has' : 'have'} no price`;
}

function grouped(amount: string): string {
  const [whole = '', fraction = ''] = amount.split('.');
  return `${BigInt(whole).toLocaleString('en-US')}.${fraction}`;
}
