import { SiaranError } from '../errors.js';

/**
 * Of a line of JSON, and of a record of CSV, in characters. What is read of one is looked at in one go, and nothing else is done
 * meanwhile: ten times as many take seconds. A recipient has about thirty values of a thousand characters at most.
 */
export const longestLine = 200_000;

/** The same, for people. */
export const longestLineSaid = '200,000 characters';

/** A sheet that was saved with all its empty rows has about a million. */
const mostBlankLines = 2_000_000;

/** Counts the blank lines of a source: a few kilobytes may unpack to as many as they like. */
export class BlankLines {
  readonly #name: string;
  #count = 0;

  /** @param name what messages call the source */
  constructor(name: string) {
    this.#name = name;
  }

  /** @throws {SiaranError} `INPUT` */
  add(line: number): void {
    this.#count += 1;
    if (this.#count <= mostBlankLines) return;
    throw new SiaranError(
      'INPUT',
      `${this.#name}: line ${line.toLocaleString('en')}: there are more than 2,000,000 blank lines up to here. Take them away.`,
    );
  }
}
