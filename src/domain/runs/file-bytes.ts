import type { RecipientLine } from '../recipients/recipient.js';

/** A broadcast file has at most so many bytes, its header among them; a choice of ours, as Qiscus documents no limit. */
export const largestFileBytes = 8_000_000;

/**
 * At least as many bytes as a line, or the header as JSON, takes in a broadcast file. JSON has two brackets where CSV has a line
 * end, a comma for each separator, quotes around each value, and two characters for each quote within one; all else takes as many
 * bytes or more.
 */
export function lineBytes(line: RecipientLine): number {
  return Buffer.byteLength(line);
}
