import { type Emphasis, readEmphasis, type TextPiece } from '../../domain/templates/emphasis.js';
import type { RenderedMessage } from '../../domain/templates/render-message.js';
import { bold, dim, isColoured, italic, strike } from './output.js';

/** How wide a message is shown: about as on a telephone. */
const width = 48;

type Line = readonly TextPiece[];

const styles: Record<Emphasis, (text: string) => string> = { bold, italic, strike, mono: dim };

/** A message in a box, with its emphasis; where nothing can be emphasized, with WhatsApp's marks as they are written. */
export function describeMessage({ header, body, footer, buttons }: RenderedMessage): string {
  const parts: Line[][] = [
    header === null ? [] : wrap([{ text: header, emphasis: ['bold'] }]),
    wrap(
      body === null ? [{ text: '(nobody has told the text of this template)', emphasis: ['italic'] }] : piecesOf(body),
    ),
    footer === null ? [] : wrap([{ text: footer, emphasis: ['mono'] }]),
  ];
  const lines = parts.filter((part) => part.length > 0).flatMap((part, at) => (at === 0 ? part : [[], ...part]));
  const below = buttons.map(({ text, url, phoneNumber }) =>
    wrap([{ text: [text, url ?? phoneNumber].filter((words) => words !== null).join('  '), emphasis: [] }]),
  );
  const rule = (left: string, right: string) => `${left}${'─'.repeat(width + 2)}${right}`;
  return [
    rule('╭', '╮'),
    ...lines.map(boxed),
    ...below.flatMap((button) => [rule('├', '┤'), ...button.map(boxed)]),
    rule('╰', '╯'),
  ].join('\n');
}

function piecesOf(text: string): TextPiece[] {
  return isColoured ? readEmphasis(text) : [{ text, emphasis: [] }];
}

function boxed(line: Line): string {
  const length = line.reduce((sum, { text }) => sum + [...text].length, 0);
  const shown = line.map(({ text, emphasis }) => emphasis.reduce((styled, kind) => styles[kind](styled), text));
  return `│ ${shown.join('')}${' '.repeat(Math.max(0, width - length))} │`;
}

/** Lines of at most `width` signs, broken between words; a word that is longer is broken where it must be. */
function wrap(pieces: readonly TextPiece[]): Line[] {
  const lines: TextPiece[][] = [[]];
  let used = 0;
  const put = (text: string, emphasis: TextPiece['emphasis']) => {
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (last && last.emphasis === emphasis) line?.splice(-1, 1, { text: last.text + text, emphasis });
    else line?.push({ text, emphasis });
    used += [...text].length;
  };
  const begin = () => {
    lines.push([]);
    used = 0;
  };
  for (const { text, emphasis } of pieces) {
    for (const [token] of text.matchAll(/\n|[^\S\n]+|\S+/g)) {
      if (token === '\n') {
        begin();
        continue;
      }
      let rest = [...token];
      if (used > 0 && used + rest.length > width) {
        begin();
        if (token.trim() === '') continue;
      }
      for (; rest.length > width; rest = rest.slice(width)) {
        put(rest.slice(0, width).join(''), emphasis);
        begin();
      }
      put(rest.join(''), emphasis);
    }
  }
  return lines;
}
