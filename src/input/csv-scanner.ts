import type { Separator } from '../domain/runs/sending.js';
import { type BlankLines, longestLine, longestLineSaid } from './bounds.js';

/** What is wrong with a CSV, and on which line an editor shows it. */
export class CsvFault extends Error {
  readonly line: number;

  constructor(line: number, what: string) {
    super(what);
    this.line = line;
  }
}

const rightQuoting = 'put the whole value in quotes and write a quote in it twice, as in "5"" screen"';

/**
 * Splits CSV into records as its text comes. Spaces around quotes are passed over, others belong to their value. A line ends
 * with LF or CRLF; where the header line ends with CR alone, so does every other line, but a lone CR elsewhere is a part of its
 * value: programs that end lines so are long gone.
 *
 * csv-parse isn't used for this: it passes over spaces before a quote only by trimming every value, and its errors don't tell the
 * line that an editor shows.
 */
export class CsvScanner {
  /** Where the record begins that was given last. */
  recordLine: number;
  #line: number;
  #text = '';
  #at = 0;
  #endsWithCr: boolean | undefined;
  readonly #separator: string;
  readonly #blank: BlankLines;

  constructor(separator: Separator, firstLine: number, blank: BlankLines) {
    this.#blank = blank;
    this.#separator = separator;
    this.#line = firstLine;
    this.recordLine = firstLine;
  }

  /** @returns whether a record may be complete with it. */
  push(chunk: string): boolean {
    this.#text = this.#text.slice(this.#at) + chunk;
    this.#at = 0;
    return /["\r\n]/.test(chunk) || this.#text.length > longestLine;
  }

  /** What stands behind the last line end. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** The line that is read next. */
  get line(): number {
    return this.#line;
  }

  /**
   * The next record, blank lines left out; `undefined` when more text is needed, or with `isLast` when there is none.
   * @throws {CsvFault} @throws {SiaranError} `INPUT`: too many lines are blank
   */
  next(isLast: boolean): string[] | undefined {
    while (this.#at < this.#text.length) {
      const end = this.#lineEnd(isLast);
      if (end === -1 && this.#text.length - this.#at <= longestLine) return undefined;
      const line = this.#text.slice(this.#at, end === -1 ? undefined : end);
      if (line.length <= longestLine && !line.includes('"')) {
        this.#finish(end, line.includes('\r') ? lineEndsIn(line) : 0);
        if (line.trim() !== '') return line.split(this.#separator);
        this.#blank.add(this.recordLine);
        continue;
      }
      const record = this.#quoted(isLast);
      if (record) return record;
      if (this.#isTooLong(this.#text.length)) throw this.#tooLong();
      return undefined;
    }
    return undefined;
  }

  /** Where the line ends, -1 if that isn't known yet. Quotes are not looked at. */
  #lineEnd(isLast: boolean): number {
    const text = this.#text;
    if (this.#endsWithCr === false) {
      const end = text.indexOf('\n', this.#at);
      if (end === -1 && isLast) return text.endsWith('\r') ? text.length - 1 : text.length;
      if (end === -1) return -1;
      return text[end - 1] === '\r' && end > this.#at ? end - 1 : end;
    }
    anyEnd.lastIndex = this.#at;
    const end = anyEnd.exec(text)?.index;
    if (end === undefined) return isLast ? text.length : -1;
    return text[end] === '\r' && end + 1 === text.length && !isLast ? -1 : end;
  }

  /** Goes behind the line end at `end`, which is the end of the record; there are `inner` others in it. */
  #finish(end: number, inner: number): void {
    const text = this.#text;
    const length = text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1;
    if (this.#endsWithCr === undefined && end < text.length) this.#endsWithCr = text[end] === '\r' && length === 1;
    this.recordLine = this.#line;
    this.#line += inner + (end < text.length ? 1 : 0);
    this.#at = Math.min(end + length, text.length);
  }

  /** A record with a quote in it. */
  #quoted(isLast: boolean): string[] | undefined {
    const text = this.#text;
    const fields: string[] = [];
    for (let at = this.#at; ; at++) {
      let open = at;
      while (text[open] === ' ') open++;
      if (text[open] === '"') {
        const close = closingQuote(text, open + 1);
        if (close === -1 && isLast) throw this.#fault(open, 'a quote (") is opened that is never closed');
        if (close === -1) return undefined;
        fields.push(text.slice(open + 1, close).replaceAll('""', '"'));
        at = close + 1;
        while (text[at] === ' ') at++;
      } else {
        const end = this.#fieldEnd(at);
        const field = text.slice(at, end);
        const quote = field.indexOf('"');
        if (quote !== -1) throw this.#strayQuote(field, at + quote);
        fields.push(field);
        at = end;
      }
      if (at + 1 >= text.length && !isLast && text[at] !== '\n') return undefined;
      if (at >= text.length || this.#isLineEnd(at)) {
        if (this.#isTooLong(at)) throw this.#tooLong();
        this.#finish(at, lineEndsIn(text.slice(this.#at, at)));
        return fields;
      }
      if (text[at] !== this.#separator) throw this.#fault(at, `text stands after a closing quote; ${rightQuoting}`);
    }
  }

  #fieldEnd(at: number): number {
    for (let end = at; end < this.#text.length; end++) {
      if (this.#text[end] === this.#separator || this.#isLineEnd(end)) return end;
    }
    return this.#text.length;
  }

  #isLineEnd(at: number): boolean {
    const text = this.#text;
    if (text[at] === '\n') return true;
    return text[at] === '\r' && (this.#endsWithCr !== false || text[at + 1] === '\n' || at + 1 === text.length);
  }

  #strayQuote(field: string, at: number): CsvFault {
    if (field.slice(0, field.indexOf('"')).trim() === '')
      return this.#fault(at, 'white space that is no plain space stands before the quote; take it away');
    return this.#fault(at, `a quote (") stands within a value; ${rightQuoting}`);
  }

  /** Whether a record that goes on to `end` has too much before its line end, of which the first half may be the last that is here. */
  #isTooLong(end: number): boolean {
    const isHalfEnd = end === this.#text.length && this.#text.endsWith('\r');
    return end - this.#at - (isHalfEnd ? 1 : 0) > longestLine;
  }

  #tooLong(): CsvFault {
    return new CsvFault(
      this.#line,
      `the record that begins here is longer than ${longestLineSaid}; probably a quote (") in it is never closed`,
    );
  }

  /** However the text is cut, what is wrong beyond the bound is not looked at. */
  #fault(at: number, what: string): CsvFault {
    if (this.#isTooLong(at)) return this.#tooLong();
    return new CsvFault(this.#line + lineEndsIn(this.#text.slice(this.#at, at)), what);
  }
}

const anyEnd = /[\r\n]/g;

/** Of the quote that closes a value, -1 if it isn't there; it may stand last, and be the half of a doubled one. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

/** How many line ends an editor shows in a text. */
export function lineEndsIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
