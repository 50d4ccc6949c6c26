import type { ColumnMap } from './column-map.js';

/** A head, in quotes if there is a comma, an equals sign or a quote in it, and what follows its equals sign. */
const part = /(?:\s*"((?:[^"]|"")*)"\s*|([^",=]*))(=[^,"=]*)?(,|$)/y;

const mapExample = '"Phone Number=phone_number,Nama=customer_name"';
const ignoreExample = '"Notes,Kota"';
const quoting = 'a name with a comma, an equals sign or a quote in it stands in double quotes';

/** Reads `Head=column,…`; nothing behind the equals sign leaves the head out. */
export function parseColumnMap(text: string): { map: ColumnMap; fault?: undefined } | { fault: string } {
  const parts = split(text);
  if (parts === undefined || parts.some(([head, column]) => head === '' || column === undefined))
    return { fault: `write pairs such as ${mapExample}; ${quoting}` };
  const heads = parts.map(([head]) => head);
  const doubled = heads.find((head, at) => heads.indexOf(head) !== at);
  if (doubled !== undefined) return { fault: `it names ${JSON.stringify(doubled)} twice` };
  return { map: Object.fromEntries(parts.map(([head, column]) => [head, column ?? ''])) };
}

/** Reads `Head,Head`. */
export function parseHeads(text: string): { heads: string[]; fault?: undefined } | { fault: string } {
  const parts = split(text);
  if (parts === undefined || parts.some(([head, column]) => head === '' || column !== undefined))
    return { fault: `write names such as ${ignoreExample}; ${quoting}` };
  return { heads: parts.map(([head]) => head) };
}

/** The flag with its value, as a shell takes it. */
export function mapFlag(pairs: readonly (readonly [string, string])[]): string {
  return `--map ${shellQuoted(pairs.map(([head, column]) => `${quoted(head)}=${column}`).join(','))}`;
}

export function ignoreFlag(heads: readonly string[]): string {
  return `--ignore-columns ${shellQuoted(heads.map(quoted).join(','))}`;
}

function split(text: string): [string, string | undefined][] | undefined {
  const parts: [string, string | undefined][] = [];
  part.lastIndex = 0;
  for (;;) {
    const [, inQuotes, bare = '', value, end] = part.exec(text) ?? [];
    if (end === undefined) return undefined;
    parts.push([(inQuotes?.replaceAll('""', '"') ?? bare).trim(), value?.slice(1).trim()]);
    if (end === '') return parts;
  }
}

function quoted(head: string): string {
  return /[",=]/.test(head) ? `"${head.replaceAll('"', '""')}"` : head;
}

function shellQuoted(text: string): string {
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}
