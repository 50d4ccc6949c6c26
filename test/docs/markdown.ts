import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block of a page. */
export type Fence = {
  page: string;
  /** Of its first line, counted from 1. */
  line: number;
  language: string;
  code: string;
  /** `file=NAME`: the examples behind it find it under this name. */
  file: string | undefined;
  /** `not-run: REASON`: why no test runs it. */
  notRun: string | undefined;
};

/** Every page that people read, as paths from the root. */
export async function pages(): Promise<string[]> {
  const below = await readdir(`${root}/docs`, { recursive: true });
  const found = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'examples/README.md',
  ];
  return [...found, ...below.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].sort();
}

export function readPage(page: string): Promise<string> {
  return readFile(`${root}/${page}`, 'utf8');
}

export function fencesOf(page: string, text: string): Fence[] {
  const fences: Fence[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, language, info] = /^```(\w+) ?(.*)$/.exec(lines[at] ?? '') ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`${page}:${at + 1}: this fence is never closed`);
    const code = `${lines.slice(at + 1, end).join('\n')}\n`;
    const [, file] = /^file=(\S+)$/.exec(info ?? '') ?? [];
    const [, notRun] = /^not-run: (.+)$/.exec(info ?? '') ?? [];
    if (info && file === undefined && notRun === undefined)
      throw new Error(`${page}:${at + 1}: ${JSON.stringify(info)} is neither file=NAME nor not-run: REASON`);
    fences.push({ page, line: at + 2, language, code, file, notRun });
    at = end;
  }
  return fences;
}

/** The rows of a page's tables whose head has a first cell of this name: what stands in each cell. */
export function rowsOf(text: string, firstHead: string): string[][] {
  const rows: string[][] = [];
  let isWanted = false;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : undefined;
    if (cells === undefined) isWanted = false;
    else if (isWanted && !/^:?-+:?$/.test(cells[0] ?? '')) rows.push(cells);
    else if (cells[0]?.replaceAll('`', '') === firstHead) isWanted = true;
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** What a cell names in code: `` `A`, `B` `` gives A and B. */
export function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
}

/** As GitHub and the site make an anchor of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

export function anchorsOf(text: string): Set<string> {
  const withoutFences = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return new Set([...withoutFences.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? '')));
}
