// What depends on what, for `npm run watch` and `--findRelatedTests`.
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** These start the built program, so their tests depend on its source, which no import tells. */
const starters = ['test/support/program.ts', 'test/cli/host.ts'].map((path) => join(root, path));
const program = join(root, 'src/cli/program.ts');

export function extract(code, file, byImports) {
  const names = byImports(code, file);
  return starters.includes(file) ? names.add(`./${relative(dirname(file), program)}`) : names;
}

/** Jest keeps what it found: count this up with each change of the above. */
export function getCacheKey() {
  return '1';
}
