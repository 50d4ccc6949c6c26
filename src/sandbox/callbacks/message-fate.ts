import { drawnBy } from '../seeded-draw.js';

/** What is told of a message. */
export type MessageFate = {
  /** In the order in which they happen; none: nothing is ever told of it. */
  readonly statuses: readonly ('sent' | 'delivered' | 'read' | 'failed')[];
  /** Of a failure; `null`: none is told. */
  readonly code: number | null;
};

/** How callbacks name the recipient: `unknown_user_id` is an id of which no callback tells whose it is. */
export type NamedBy = 'number' | 'both' | 'user_id' | 'unknown_user_id';

export const plainFate: MessageFate = { statuses: ['sent', 'delivered', 'read'], code: null };

type Share = readonly [share: number, statuses: MessageFate['statuses'], code?: number];

/** Together 1. Failures for one reason are far fewer than those for which Siaran holds a run, and opt-outs than those that it holds. */
const fates: readonly Share[] = [
  [0.4, plainFate.statuses],
  // What came before it isn't told.
  [0.08, ['read']],
  [0.2, ['sent', 'delivered']],
  [0.05, ['sent']],
  [0.03, []],
  [0.07, ['sent', 'failed'], 131026],
  [0.05, ['failed'], 131049],
  [0.04, ['failed'], 130472],
  [0.01, ['failed'], 131050],
  [0.02, ['sent', 'failed']],
  [0.03, ['sent', 'delivered', 'failed'], 131053],
  [0.02, ['delivered', 'read', 'failed'], 131053],
];

const names: readonly (readonly [share: number, namedBy: NamedBy])[] = [
  [0.8, 'number'],
  [0.08, 'both'],
  [0.11, 'user_id'],
  [0.01, 'unknown_user_id'],
];

/** What becomes of the `nth` message to a number: always the same with the same seed. */
export function fateOf(seed: number, number: string, nth: number): MessageFate {
  const [, statuses, code = null] = pick(fates, drawnBy(`${seed} ${number} ${nth}`));
  return { statuses, code };
}

/** How callbacks name somebody, in all messages to them. */
export function nameOf(seed: number, number: string): NamedBy {
  return pick(names, drawnBy(`${seed} ${number}`))[1];
}

function pick<T extends readonly [share: number, ...rest: unknown[]]>(shares: readonly T[], drawn: number): T {
  let left = drawn;
  const found = shares.find(([share]) => {
    left -= share;
    return left < 0;
  });
  return (found ?? shares.at(-1)) as T;
}
