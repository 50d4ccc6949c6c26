/** How WhatsApp shows a piece of a message's text. */
export type Emphasis = 'bold' | 'italic' | 'strike' | 'mono';

/** A piece of text and how it is shown; without its marks. */
export type TextPiece = { text: string; emphasis: readonly Emphasis[] };

const kinds: ReadonlyMap<string, Emphasis> = new Map([
  ['*', 'bold'],
  ['_', 'italic'],
  ['~', 'strike'],
]);

/**
 * Takes a text apart by WhatsApp's marks: `*bold*`, `_italic_`, `~strike~`, three back quotes for fixed width, and any of the first
 * three within each other. Source: WhatsApp's help page on formatting messages. A mark counts at the edge of a word, with no space on its
 * inner side, and on one line; any other is a sign like all others.
 */
export function readEmphasis(text: string): TextPiece[] {
  return read(text, [], 0);
}

/** Marks within each other beyond this are none: there are three kinds, and none makes sense twice. */
const deepest = 3;

function read(text: string, around: readonly Emphasis[], depth: number): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') pieces.push({ text: plain, emphasis: around });
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const found = markedAt(text, at);
    if (!found || (found.kind !== 'mono' && (depth >= deepest || around.includes(found.kind)))) {
      plain += text[at];
      at += 1;
      continue;
    }
    flush();
    const emphasis = [...around, found.kind];
    if (found.kind === 'mono') pieces.push({ text: found.inner, emphasis });
    else pieces.push(...read(found.inner, emphasis, depth + 1));
    at = found.end;
  }
  flush();
  return pieces;
}

/** A longer stretch is no emphasis: to look for the end of each mark through all of a text would take too long. */
const longestStretch = 1_100;

function markedAt(text: string, at: number): { kind: Emphasis; inner: string; end: number } | undefined {
  if (text.startsWith('```', at)) {
    const close = text.slice(at + 3, at + 3 + longestStretch).indexOf('```');
    return close > 0 ? { kind: 'mono', inner: text.slice(at + 3, at + 3 + close), end: at + 6 + close } : undefined;
  }
  const mark = text.charAt(at);
  const kind = kinds.get(mark);
  if (!kind || isWordSign(text[at - 1]) || isSpaceOrEnd(text[at + 1]) || text[at + 1] === mark) return undefined;
  for (let close = at + 1; close < Math.min(text.length, at + longestStretch); close += 1) {
    if (text[close] === '\n') return undefined;
    if (text[close] !== mark || isSpaceOrEnd(text[close - 1]) || isWordSign(text[close + 1])) continue;
    return { kind, inner: text.slice(at + 1, close), end: close + 1 };
  }
  return undefined;
}

function isWordSign(sign: string | undefined): boolean {
  return sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
}

function isSpaceOrEnd(sign: string | undefined): boolean {
  return sign === undefined || /\s/.test(sign);
}
