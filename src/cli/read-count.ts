import { UsageError } from '../errors.js';

/** Reads an option that says how many. @param option as it is written, such as `--limit` @throws {UsageError} for what isn't from 1 to `most` */
export function countUpTo(option: string, most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && text.length <= String(most).length && count >= 1 && count <= most) return count;
    throw new UsageError(
      `${option} is ${JSON.stringify(text.slice(0, 40))}; write a whole number from 1 to ${String(most)}.`,
    );
  };
}
