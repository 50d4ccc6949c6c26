import { join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** After what takes no time comes what holds the promises: where the time is bounded, a slow machine leaves out what comes last. */
const first = ['e2e', 'pipeline', 'store', 'queue', 'qiscus', 'webhook'];
const root = join(import.meta.dirname, '../');

/**
 * Jest orders by what it remembers of earlier runs, and in CI it remembers nothing: then by the length of files. Each of the others has
 * its turn, as do all of the long ones: SIARAN_TEST_TURN, a number, says with which of them to begin.
 */
export default class InOrder extends Sequencer {
  sort(tests) {
    const sorted = [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
    const others = sorted.findIndex((test) => rank(test) === first.length);
    if (others === -1) return sorted;
    const turn = others + (Number(process.env.SIARAN_TEST_TURN ?? 0) % (sorted.length - others));
    return [...sorted.slice(0, others), ...sorted.slice(turn), ...sorted.slice(others, turn)];
  }
}

function rank({ path, context }) {
  const kind = context.config.displayName?.name;
  if (kind === 'unit') return -1;
  const [folder] = path.slice(root.length).split('/');
  const at = first.indexOf(folder);
  return kind === 'long' || at === -1 ? first.length : at;
}
