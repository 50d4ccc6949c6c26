/** Errors that came in the place of an answer of Postgres to what it may have done. */
const unclear = new WeakSet<object>();

/** Whether nobody knows what became of the statement or transaction that failed with this error: Postgres may have done and committed it. */
export function isOutcomeUnclear(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unclear.has(error);
}

/** Notes that this is such an error. */
export function noteUnclear(error: unknown): Error {
  unclear.add(error as Error);
  return error as Error;
}

/** Whether Postgres has answered that it has done nothing of a statement. */
export function isRefusal(error: unknown): boolean {
  return (error as { severity?: unknown }).severity === 'ERROR';
}

/**
 * Whether a statement wasn't run as its connection hasn't what was prepared there: somebody has discarded it, a pooler has put another session
 * in its place, or a migration has changed the types of its columns.
 */
export function isPreparationLost(error: unknown): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery');
}
