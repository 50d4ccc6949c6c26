import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.mjs';

const compatibility = join(root, 'docs', 'reference', 'compatibility.md');

/** Puts what was tried into its place in a page. */
export async function writeTable(place, columns, rows, page = compatibility) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  const text = await readFile(page, 'utf8');
  const written = text.replace(
    new RegExp(`(<!-- tried: ${place} -->\n)[\\s\\S]*?(<!-- end -->)`),
    (_, begin, end) => `${begin}\n${table}\n\n${end}`,
  );
  if (!written.includes(table)) throw new Error('The page has no place for the table.');
  await writeFile(page, written);
}
