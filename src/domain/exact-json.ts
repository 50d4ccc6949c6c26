/** A string, or a number; what stands in a string is no number. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Reads JSON of whoever has more exact numbers than JavaScript. A number that would not come out as it is written, such as
 * `1500.00` or one of twenty digits, is a text then; it must not reach anybody as a number near it.
 */
export function parseExactly(json: string): unknown {
  return JSON.parse(
    json.replace(stringOrNumber, (token) =>
      token[0] === '"' || String(Number(token)) === token ? token : `"${token}"`,
    ),
  );
}
