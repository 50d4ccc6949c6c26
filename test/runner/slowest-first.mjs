import { join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** What starts processes takes longest. Begun last, one such file would be waited for while other workers have nothing to do. */
const slowestFirst = ['kill', 'e2e', 'cli', 'local', 'audience', 'docs', 'admin', 'pipeline', 'store'];
const root = join(import.meta.dirname, '../');

/** Jest orders by what it remembers of earlier runs, and in CI it remembers nothing: then by the length of files. */
export default class SlowestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a.path) - rank(b.path));
  }
}

function rank(path) {
  const [folder] = path.slice(root.length).split('/');
  const at = slowestFirst.indexOf(folder);
  return at === -1 ? slowestFirst.length : at;
}
