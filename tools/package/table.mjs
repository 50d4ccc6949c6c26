import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.mjs';

const page = join(root, 'docs', 'reference', 'compatibility.md');

/** Puts what was tried into its place in the page. */
export async function writeTable(rows) {
  const lines = rows.map((row) => `| ${row.node} | ${row.manager} | ${row.program} | ${row.library} | ${row.types} |`);
  const table = [
    '| Node | package manager | command | importing the library | TypeScript |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ];
  const text = await readFile(page, 'utf8');
  const written = text.replace(
    /(<!-- tried: package -->\n)[\s\S]*?(<!-- end -->)/,
    (_, begin, end) => `${begin}\n${table.join('\n')}\n\n${end}`,
  );
  if (!written.includes(table.join('\n'))) throw new Error('The page has no place for the table.');
  await writeFile(page, written);
}
