import { formsOf } from './number-identity.js';
import { callingCodeOf } from './numbering-plans.js';

/** What people write between the digits of a number. */
const between = ' ().\u00a0/+-';
const numberSigns = new Set(`0123456789${between}`);
const digitsAndBetween = /\d[\d ().\u00a0/+-]*/g;
const signsBetween = /[ ().\u00a0/+-]/g;

/** Shorter numbers without their calling code stand by chance in longer ones, such as those of orders. */
const tellingDigits = 10;

/** After this many characters no further digit belongs to the number. */
const longestHeld = 200;

/** Looks for one number in a text that comes piece by piece. */
type NumberSearch = {
  /** Whether it stands in what has come so far. */
  push(piece: string): boolean;
  /** Whether it stands at the very end. */
  end(): boolean;
};

/** @param identity of the number that is looked for, in whatever form it is written: with its calling code, or as in its country. */
export function searchNumber(identity: string): NumberSearch {
  const code = callingCodeOf(identity) ?? '';
  const whole = formsOf(identity);
  const national = whole.map((form) => form.slice(code.length));
  const contained = [...whole, ...national.filter((form) => form.length >= tellingDigits)];
  const exact = new Set(national.flatMap((form) => [form, `0${form}`]));
  const lastDigits = identity.slice(-6);
  let rest = '';
  const stands = (text: string): boolean => {
    if (!text.replace(signsBetween, '').includes(lastDigits)) return false;
    for (const [run] of text.matchAll(digitsAndBetween)) {
      const digits = run.replace(signsBetween, '');
      if (exact.has(digits) || contained.some((form) => digits.includes(form))) return true;
    }
    return false;
  };
  return {
    push(piece) {
      const text = rest + piece;
      // A number may go on in the next piece.
      let end = text.length;
      while (end > 0 && text.length - end < longestHeld && numberSigns.has(text.charAt(end - 1))) end -= 1;
      rest = text.slice(end);
      return stands(text.slice(0, end));
    },
    end: () => stands(rest),
  };
}
