export const shortestPassword = 15;
export const longestPassword = 200;

/** Fewer different characters than that are a pattern. */
const leastVariety = 8;

/** What is wrong with a password that somebody has chosen; `undefined`: nothing. Length counts, and not which kinds of characters are in it. */
export function faultOfPassword(password: string, name: string): string | undefined {
  const signs = [...password.normalize('NFKC')];
  if (signs.length < shortestPassword) return `It has fewer than ${shortestPassword} characters.`;
  if (signs.length > longestPassword) return `It has more than ${longestPassword} characters.`;
  const plain = password.toLowerCase();
  if (new Set(signs).size < leastVariety || isSteps(plain)) return 'It is a pattern, which is guessed soon.';
  const rest = [name.toLowerCase(), 'siaran', 'qiscus', 'password'].reduce(
    (text, word) => text.replaceAll(word, ''),
    plain,
  );
  return rest.length < leastVariety ? 'It is little more than a name or word that is guessed soon.' : undefined;
}

/** Most characters follow their neighbours in the alphabet or on a keyboard: abcdefgh, 12345678, qwertyuiop. */
function isSteps(text: string): boolean {
  const rows = 'abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm';
  const pairs = [...text].slice(1).map((sign, at) => `${text[at] ?? ''}${sign}`);
  const inRows = pairs.filter((pair) => rows.includes(pair) || rows.includes([...pair].reverse().join('')));
  return inRows.length > pairs.length / 2;
}
