import { join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** What takes no time, and then what holds the promises: where the time is bounded, a slow machine leaves out what comes last. */
const first = ['e2e', 'pipeline', 'store', 'queue', 'qiscus', 'webhook', 'cli', 'admin'];
const root = join(import.meta.dirname, '../');

/**
 * Jest orders by what it remembers of earlier runs, and in CI it remembers nothing: then by the length of files. Of the long tests
 * each has its turn, as SIARAN_TEST_TURN, a number, says with which of them to begin.
 */
export default class InOrder extends Sequencer {
  sort(tests) {
    const sorted = [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
    const turn = Number(process.env.SIARAN_TEST_TURN ?? 0) % Math.max(sorted.length, 1);
    return [...sorted.slice(turn), ...sorted.slice(0, turn)];
  }
}

function rank({ path, context }) {
  if (context.config.displayName?.name === 'unit') return -1;
  const [folder] = path.slice(root.length).split('/');
  const at = first.indexOf(folder);
  return at === -1 ? first.length : at;
}
