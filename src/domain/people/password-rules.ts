import { isCommonPassword } from './common-passwords.js';

export const shortestPassword = 15;
export const longestPassword = 200;

/** Fewer different characters than that are a pattern. */
const leastVariety = 8;

/** Words that whoever guesses tries first: they count for nothing, and neither do a user's own name and e-mail address. */
const guessedWords = ['siaran', 'qiscus', 'whatsapp', 'broadcast', 'admin', 'password', 'dashboard'];

/** A shorter part of a name is in many words. */
const shortestWord = 3;

/** Who has chosen a password. */
export type PasswordOwner = { name: string; email?: string | null };

/** What is wrong with a password that somebody has chosen; `undefined`: nothing. Length counts, and not which kinds of characters are in it. */
export function faultOfPassword(password: string, owner: PasswordOwner): string | undefined {
  const signs = [...password.normalize('NFKC')];
  if (signs.length < shortestPassword) return `It has fewer than ${shortestPassword} characters.`;
  if (signs.length > longestPassword) return `It has more than ${longestPassword} characters.`;
  const plain = password.toLowerCase();
  if (new Set(signs).size < leastVariety || isSteps(plain)) return 'It is a pattern, which is guessed soon.';
  const rest = wordsAround(owner).reduce((text, word) => text.replaceAll(word, ''), plain);
  if (rest.length < leastVariety) return 'It is little more than a name or word that is guessed soon.';
  return isCommonPassword(password)
    ? 'It is one of the passwords that are used most, which are tried first.'
    : undefined;
}

/** The longest first: a name may be a part of an address. */
function wordsAround({ name, email }: PasswordOwner): string[] {
  const words = [name, ...(email ?? '').split(/[@.]/), ...guessedWords].map((word) => word.toLowerCase());
  return words.filter((word) => word.length >= shortestWord).sort((one, other) => other.length - one.length);
}

/** Most characters follow their neighbours in the alphabet or on a keyboard: abcdefgh, 12345678, qwertyuiop. */
function isSteps(text: string): boolean {
  const rows = 'abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm';
  const pairs = [...text].slice(1).map((sign, at) => `${text[at] ?? ''}${sign}`);
  const inRows = pairs.filter((pair) => rows.includes(pair) || rows.includes([...pair].reverse().join('')));
  return inRows.length > pairs.length / 2;
}
