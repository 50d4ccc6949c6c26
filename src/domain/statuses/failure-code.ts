import { isKnownCode } from './failure-meanings.js';

/** A code that stands before the words: `131026 …`, `(#131026) …`, `Error code: 131026`. */
const leadingCode = /^\W{0,5}(?:error\W{1,3})?(?:code\W{1,3})?(\d{3,6})(?!\d)/i;

/** WhatsApp's code of a failure in the provider's words: the number before them, else the first one in them that is a known code. */
export function codeIn(notes: string | null): number | null {
  if (notes === null) return null;
  const leading = leadingCode.exec(notes)?.[1];
  if (leading !== undefined) return Number(leading);
  const numbers = notes.match(/(?<!\d)\d{5,6}(?!\d)/g) ?? [];
  return numbers.map(Number).find(isKnownCode) ?? null;
}

/** A code as a callback writes it: a number, or digits. `null`: it is none that could be kept. */
export function readCode(code: unknown): number | null {
  const number = typeof code === 'string' && /^\s*\d{1,9}\s*$/.test(code) ? Number(code) : code;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 1e9 ? number : null;
}
