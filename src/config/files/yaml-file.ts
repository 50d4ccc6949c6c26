import { type Document, isMap, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { readSmallFile } from './small-file.js';

const largestFile = 1_000_000;

type MappingFile =
  | {
      ok: true;
      mapping: Record<string, unknown>;
      /** In which line a key stands, within those that are named before it. */
      lineOf(...keys: string[]): number | undefined;
    }
  | { ok: false; fault: string };

/**
 * Reads a file of settings in YAML, of which JSON is a part. `fault` shows nothing of a line; `form` says what is right. Values that
 * are taken as they are written are all text: `007` isn't 7.
 */
export function readMappingFile(path: string, form: string, values?: 'as it is written'): MappingFile {
  const text = readText(path);
  if (!text.ok) return text;
  // Its own messages quote the text, and what it warns of it would print.
  const lineCounter = new LineCounter();
  const document = parseDocument(text.text, { logLevel: 'error', lineCounter, ...(values && { schema: 'failsafe' }) });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) return { ok: false, fault: `is neither YAML nor JSON${placeOf(wrong)}` };
  let mapping: unknown;
  try {
    mapping = document.toJS();
  } catch {
    return { ok: false, fault: 'is neither YAML nor JSON: it refers to an anchor that is not there' };
  }
  if (!isMapping(mapping)) return { ok: false, fault: `is no mapping; ${form}` };
  return { ok: true, mapping, lineOf: (...keys) => lineOf(document, lineCounter, keys) };
}

function lineOf({ contents }: Document, lines: LineCounter, keys: readonly string[]): number | undefined {
  let node: unknown = contents;
  let start: number | undefined;
  for (const name of keys) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === name) : undefined;
    if (!pair || !isScalar(pair.key)) return undefined;
    start = pair.key.range?.[0];
    node = pair.value;
  }
  return start === undefined ? undefined : lines.linePos(start).line;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(path: string): { ok: true; text: string } | { ok: false; fault: string } {
  try {
    const text = readSmallFile(path, largestFile);
    return text === undefined ? { ok: false, fault: 'is above 1 MB' } : { ok: true, text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code);
    return { ok: false, fault: `can't be read: ${why}` };
  }
}

function placeOf({ linePos }: YAMLError): string {
  return linePos ? `: see line ${linePos[0].line}, column ${linePos[0].col}` : '';
}
