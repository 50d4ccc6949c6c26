import { UnreadableRow } from '../domain/recipients/recipient.js';

/** Whether a stream's last line may be half of one: it may, where whatever wrote it can have stopped in its middle. */
export type CutOff = {
  readonly mayBe: boolean;
  /** The line that has no end, once it was come to. */
  line: number | undefined;
};

/** Stands for the last line, which is not taken: half a number is another person's. */
export function cutOffRow(cutOff: CutOff, line: number, content: string): UnreadableRow {
  cutOff.line = line;
  return new UnreadableRow(`line ${line} has no line end: it may have been cut off`, content);
}
