/**
 * Keeps the first 4 and the last 2 digits, and whatever isn't a digit: `6281*******68`. Fewer than 8 digits are masked in full; of a
 * text above 1,000 characters, which is no number, nothing is kept.
 */
export function maskPhoneNumber(text: string): string {
  // No number is so long, and digit by digit a megabyte of them would take its time.
  if (text.length > 1_000) return '********';
  const total = text.match(/\p{Nd}/gu)?.length ?? 0;
  let seen = 0;
  return text.replace(/\p{Nd}/gu, (digit) => {
    seen++;
    return total >= 8 && (seen <= 4 || seen > total - 2) ? digit : '*';
  });
}

/** WhatsApp's ids of messages have the recipient's number in them, written otherwise: only the end is kept. */
export function maskMessageId(id: string): string {
  return `…${id.slice(-6)}`;
}

/** 8 digits or more, as people group them. */
const grouped = String.raw`\p{Nd}(?:[\s().\-\u2010-\u2015]{0,3}\p{Nd}){7,}`;

const date = String.raw`(?<!\d)\d{4}-[01]\d-[0-3]\d(?!-?\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?`;

/** 8 to 15 digits, as a number is written: with a `+`, or without dots, as an address of the network has them. */
const likeNumber = ['\\+\\p{Nd}(?:[\\s().\\-\\u2010-\\u2015]', '\\p{Nd}(?:[ ()\\-\\u2010-\\u2015]']
  .map((begin) => `(?<!\\p{Nd})${begin}{0,3}\\p{Nd}){7,14}(?!\\p{Nd})`)
  .join('|');

const datesAndLikeNumbers = new RegExp(`(${date})|${likeNumber}`, 'gu');

const groupedNumbers = new RegExp(grouped, 'gu');

const datesAndGroupedNumbers = new RegExp(`(${date})|${grouped}`, 'gu');

/**
 * Masks what looks like a phone number in a line of the log or a notice, also where its digits are grouped, and leaves dates and
 * addresses of the network.
 */
export function maskPhoneNumbersIn(text: string): string {
  return text.replace(datesAndLikeNumbers, (found, isDate) => (isDate ? found : maskPhoneNumber(found)));
}

/** Masks every number of 8 digits or more in a text, also where its digits are grouped; dates are taken for numbers too. */
export function maskGroupedNumbersIn(text: string): string {
  return text.replace(groupedNumbers, maskPhoneNumber);
}

/** As `maskGroupedNumbersIn`, but leaves dates and instants as they are: for texts in which both stand. */
export function maskNumbersBesideDatesIn(text: string): string {
  return text.replace(datesAndGroupedNumbers, (found, isDate) => (isDate ? found : maskPhoneNumber(found)));
}

/** A text as it may stand in a reason: one line, short, and every number in it masked, also where its digits are grouped. */
export function showMasked(text: string): string {
  // Masked before it is shortened, so that no cut leaves half a number in the clear; the first cut is for speed.
  return shorten(maskGroupedNumbersIn(text.slice(0, 200)));
}

/** As `showMasked`, for what was meant as a phone number whatever stands between its digits. */
export function showNumber(text: string): string {
  return shorten(maskPhoneNumber(text.slice(0, 200)));
}

/** As `showMasked`, without the quotes. */
export function excerptMasked(text: string): string {
  return cut(maskGroupedNumbersIn(text.slice(0, 200)));
}

function shorten(text: string): string {
  return JSON.stringify(cut(text));
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
