import { parseDigits } from 'libphonenumber-js/max';

/** Spellings of a whole number with the calling code, which need no `+`: links and chat ids of WhatsApp. */
const whatsappSpellings = [
  /^(?:https?:\/\/)?wa\.me\/\+?(\d+)\/?(?:\?.*)?$/i,
  /^(?:https?:\/\/)?(?:api|web)\.whatsapp\.com\/send\/?\?phone=(?:\+|%2B)?(\d+)(?:&.*)?$/i,
  /^\+?(\d+)@(?:c\.us|s\.whatsapp\.net)$/i,
];

/**
 * A number as it was meant: without invisible marks, which come along when it is copied from a contact list, full-width forms
 * of East Asian keyboards, a spreadsheet's apostrophe, and the `tel:` or the link around it.
 */
export function plainNumber(value: string): string {
  const text = value
    .normalize('NFKC')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .trim()
    .replace(/^['\u2018\u2019](?=[\d+(])/, '')
    .replace(/^(?:tel|whatsapp):\s*(?=[\d+(])/i, '');
  for (const spelling of whatsappSpellings) {
    const digits = spelling.exec(text)?.[1];
    if (digits !== undefined) return `+${digits}`;
  }
  return text;
}

const SPREADSHEET = 'a spreadsheet did this: format the column as text and enter the numbers again';

/** What is wrong with how a number is written, to stand behind it in a sentence. @param text from `plainNumber`. */
export function spellingFault(text: string, example: string): string | undefined {
  if (/^[A-Z]{2}\.[A-Za-z0-9]+$/.test(text)) return 'is a business-scoped user id of WhatsApp, not a phone number';
  if (/^\+?\d+([.,]\d*)?e[+-]?\d+$/i.test(text))
    return `is in scientific notation, its last digits are lost; ${SPREADSHEET}`;
  if (/^\+?\d{7,}[.,]\d{0,2}$/.test(text)) return `ends in a decimal; ${SPREADSHEET}`;
  if (/^\+?\d{7,}-\d{1,2}$/.test(text)) return 'has a dash and digits behind it; write the number without them';
  if (/\d\s*(?:[;,]?\s*(?:ext(?:ension)?|x)[.=:\s]*|#\s*)\d+$/i.test(text))
    return 'has an extension; WhatsApp knows none, write the number without it';
  const parts = text.split(/[,;/|&\n\t]|(?!^)\+/).filter((part) => parseDigits(part).length >= 7);
  if (parts.length > 1) return 'holds several numbers; write one number in each row';
  if (/\p{L}/u.test(text)) return `has letters in it; write digits only, such as ${example}`;
  const odd = /[^\p{Nd}\s+().\-/\u2010-\u2015\u2212~]|(?!^)\+/u.exec(text)?.[0];
  if (odd !== undefined) return `has ${JSON.stringify(odd)} in it; write digits only, such as ${example}`;
  return undefined;
}
