/** A string, or a number; what stands in a string is no number. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Reads JSON from programs that have more exact numbers than JavaScript. A number that would not come out as it is written, such as
 * `1500.00` or one of twenty digits, is a text then; nobody must get it as a number near it.
 */
export function parseExactly(json: string): unknown {
  return JSON.parse(
    json.replace(stringOrNumber, (token) =>
      token[0] === '"' || String(Number(token)) === token ? token : `"${token}"`,
    ),
  );
}

/** A number that begins with a minus, or has 16 digits, a point or an exponent; in a text it may be found for nothing. */
const inexactNumber = /[:,[]\s*(?:-|\d{16}|\d+[.eE])/;

/** Whether `parseExactly` may read valid JSON otherwise than `JSON.parse` does, which is several times as fast. */
export function mayBeInexact(json: string): boolean {
  return inexactNumber.test(json);
}

/** A key of the outermost object that stands in its text twice, where JSON.parse has taken the latter, and so gives only `keys`. */
export function doubledKey(json: string, keys: number): string | undefined {
  // Every key has a colon behind its quote. The same may stand within a text: only then each key is looked at.
  return colonsBehindQuotes(json) === keys ? undefined : firstDoubledKey(json);
}

function colonsBehindQuotes(json: string): number {
  let count = 0;
  for (let at = json.indexOf(':'); at !== -1; at = json.indexOf(':', at + 1)) {
    let before = at - 1;
    while (json[before] === ' ' || json[before] === '\t') before--;
    if (json[before] === '"') count++;
  }
  return count;
}

const textOrBracket = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;

function firstDoubledKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  for (const [token, colon = ''] of json.matchAll(textOrBracket)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && colon !== '') {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
