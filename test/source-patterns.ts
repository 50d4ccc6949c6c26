import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

export type Pattern = { source: string; flags: string; files: string[] };

/** Every pattern that is written down in these files of TypeScript. */
export function patternsIn(files: readonly string[]): Pattern[] {
  const found = new Map<string, Pattern>();
  for (const file of files) {
    const look = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, pattern, flags } = node as { type?: string; pattern?: string; flags?: string };
      if (type === 'RegExpLiteral' && pattern !== undefined) {
        const key = `/${pattern}/${flags}`;
        const known = found.get(key) ?? { source: pattern, flags: flags ?? '', files: [] };
        found.set(key, { ...known, files: [...known.files, file] });
      }
      for (const inner of Object.values(node)) look(inner);
    };
    look(parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' }));
  }
  return [...found.values()];
}

/** Pieces that the pattern itself is made of, which may make it begin, go on for long, and fail. */
export function unitsFor(source: string): string[] {
  const words = source.match(/[A-Za-z:`" -]{2,}/g) ?? [];
  const signs = [...new Set(source.replace(/\\[a-zA-Z]|[a-zA-Z0-9]/g, ''))];
  const common = ['a', '1', ' ', '\n', '\r', '-', '.', '"', '\\', '<', ',', ':', '{'];
  const pairs = signs.flatMap((sign) => ['a', '1', ' ', '\\'].map((other) => sign + other));
  return [...new Set([...common, ...signs, ...words, ...pairs])];
}
