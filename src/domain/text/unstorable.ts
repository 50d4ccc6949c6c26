/** A NUL character, or half of a character (a lone surrogate), as `JSON.stringify` writes them. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(0000|d[89a-f])/;

/** What stands in this JSON that Postgres can't store. */
export function unstorableIn(json: string): 'NUL' | 'half' | undefined {
  const found = unstorable.exec(json);
  if (!found) return undefined;
  return found[1] === '0000' ? 'NUL' : 'half';
}

/** The text with a replacement character for what Postgres can't store. */
export function storableText(text: string): string {
  return Buffer.from(text.replaceAll('\0', '\ufffd')).toString();
}
