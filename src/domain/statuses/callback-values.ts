export type Json = Readonly<Record<string, unknown>>;

/** A callback's body itself, and what is nested in it: `{entry: [{changes: [{value}]}]}`. */
export function callbackValues(body: unknown): Json[] {
  if (!isObject(body)) return [];
  const changes = objectsIn(body.entry).flatMap((entry) => objectsIn(entry.changes));
  return [body, ...changes.flatMap(({ value }) => (isObject(value) ? [value] : []))];
}

export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
