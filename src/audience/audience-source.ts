/** What each kind of audience gives. Errors are thrown as they are; the caller adds which audience it was. */
export type AudienceSource = {
  /** Undefined when they aren't known before the rows. */
  columns: readonly string[] | undefined;
  /** Objects keyed by column, read as they are asked for. */
  rows: AsyncIterable<unknown>;
  /** Also while a row is being waited for, which then fails or is left behind. May be called again. */
  close(): Promise<void>;
};
