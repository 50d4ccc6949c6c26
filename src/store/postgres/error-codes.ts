/** Where pg, Prisma and its adapters keep what they know of an error. */
const within = ['cause', 'meta', 'driverAdapterError', 'errors'] as const;
const codes = ['code', 'errorCode', 'originalCode', 'kind'] as const;

/**
 * The codes of an error and of what caused it: SQLSTATEs, those of Node and of Prisma, and the names that Prisma's adapter gives. Never words
 * of a message, which may repeat what a client sent.
 */
export function codesOf(error: unknown): ReadonlySet<string> {
  return new Set(faultsIn(error).flatMap((fault) => codes.map((key) => fault[key]).filter(isText)));
}

/** What an error without any code says, and those that caused it: all that pg tells of a connection that broke. */
export function wordsWithoutCode(error: unknown): readonly string[] {
  return faultsIn(error)
    .filter((fault) => codes.every((key) => !isText(fault[key])))
    .flatMap(({ message }) => (isText(message) ? [message] : []));
}

/** Which constraint a row broke. */
export function constraintOf(error: unknown): string | undefined {
  for (const { constraint } of faultsIn(error)) {
    if (isText(constraint)) return constraint;
    const index = isObject(constraint) ? constraint.index : undefined;
    if (isText(index)) return index;
  }
  return undefined;
}

type Fault = Record<string, unknown>;

function faultsIn(error: unknown, depth = 0): Fault[] {
  if (Array.isArray(error)) return error.slice(0, 10).flatMap((each: unknown) => faultsIn(each, depth));
  if (!isObject(error) || depth > 6) return [];
  return [error, ...within.flatMap((key) => faultsIn(error[key], depth + 1))];
}

function isObject(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
