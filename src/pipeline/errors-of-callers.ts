/** Errors of whoever called Siaran: of an iterable or a transaction that was handed in. They may be of pg or ioredis as well. */
const theirs = new WeakSet<object>();

/** Notes that an error is the caller's own, which they get as it is. Returns it. */
export function ofCaller(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) theirs.add(error);
  return error;
}

export function isOfCaller(error: unknown): boolean {
  return typeof error === 'object' && error !== null && theirs.has(error);
}
