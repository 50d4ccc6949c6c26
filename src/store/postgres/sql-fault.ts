/** What Postgres says of a statement that failed. */
type SqlFault = { code: string; message: string; detail: string };

/** Where Prisma and its adapters keep the error of Postgres. */
const within = ['cause', 'meta', 'driverAdapterError'] as const;

/** Finds Postgres's own words in an error of pg, or in one of Prisma's, of whichever version the caller's client is. */
export function findSqlFault(error: unknown, depth = 0): SqlFault | undefined {
  if (typeof error !== 'object' || error === null || depth > 6) return undefined;
  const { code, originalCode, message, originalMessage, detail } = error as Record<string, unknown>;
  const state = [originalCode, code].find(
    (text) => typeof text === 'string' && /^[0-9A-Z]{5}$/.test(text) && !/^P\d{4}$/.test(text),
  );
  if (typeof state === 'string')
    return { code: state, message: textOf(originalMessage ?? message), detail: textOf(detail) };
  for (const key of within) {
    const found = findSqlFault((error as Record<string, unknown>)[key], depth + 1);
    if (found) return found;
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
