const codes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/**
 * The same, each text in it in one line: names, reasons and the provider's words come from elsewhere, and one that had a line end in
 * it could write lines that look like ours. What is to be read by programs is JSON, which does so itself.
 */
export function inOneLine<T>(told: T): T {
  return oneLine(told) as T;
}

function oneLine(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\n\r]/g, (end) => codes[end] ?? '');
  if (Array.isArray(value)) return value.map(oneLine);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, oneLine(inner)]));
}
