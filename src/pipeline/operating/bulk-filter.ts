import { showMasked } from '../../domain/numbers/mask-number.js';
import { UsageError } from '../../errors.js';
import { type RunFilter, runKinds, runStates } from '../../store/views/run-list.js';

type Judge = (asked: unknown) => string | undefined;

const oneOf =
  (known: readonly string[]): Judge =>
  (asked) =>
    known.includes(asked as string)
      ? undefined
      : `it is ${[known.slice(0, -1).join(', '), known.at(-1)].join(' or ')}.`;
const text: Judge = (asked) => (typeof asked === 'string' ? undefined : 'write a text.');
const instant: Judge = (asked) =>
  asked instanceof Date && !Number.isNaN(asked.getTime()) ? undefined : 'give a Date.';

/** The compiler sees to it that none is forgotten. */
const judges: Readonly<Record<keyof RunFilter, Judge>> = {
  ...{ state: oneOf(runStates), kind: oneOf(runKinds) },
  ...{ name: text, account: text, campaign: text },
  ...{ since: instant, until: instant },
};

/**
 * Refuses what doesn't say which runs are meant: what nobody looks at, or understands, would narrow nothing, and every run would fit. A
 * program without types has nothing else that tells it. @throws {UsageError}
 */
export function refuseWideFilter(filter: RunFilter, action: string, all: boolean): void {
  if (typeof filter !== 'object' || filter === null)
    throw new UsageError(`filter is ${shown(filter)}; it is an object that says which runs, such as {state: "held"}.`);
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
  for (const [name, value] of asked) {
    if (!Object.hasOwn(judges, name))
      throw new UsageError(
        `${showMasked(name)} is nothing that runs are found by; they are by ${Object.keys(judges).join(', ')}.`,
      );
    // A variable that a script forgot to set.
    if (typeof value === 'string' && value.trim() === '')
      throw new UsageError(`${name} is empty: leave it out, or say what it is.`);
    refuseWrongValue(name as keyof RunFilter, value);
  }
  if (!all && asked.length === 0)
    throw new UsageError(`The filter is empty: that would ${action} every run. Narrow it, or say \`all\`.`);
}

/** Refuses what would give another list of runs than was meant. @throws {UsageError} */
export function refuseWrongList(limit: number, filter: RunFilter): void {
  if (!Number.isInteger(limit) || limit < 0)
    throw new UsageError(`limit is ${shown(limit)}; it is how many runs at most, a whole number such as 20.`);
  for (const [name, value] of Object.entries(filter))
    if (value !== undefined && Object.hasOwn(judges, name)) refuseWrongValue(name as keyof RunFilter, value);
}

function refuseWrongValue(name: keyof RunFilter, value: unknown): void {
  const right = judges[name](value);
  if (right !== undefined) throw new UsageError(`${name} is ${shown(value)}; ${right}`);
}

function shown(value: unknown): string {
  if (value instanceof Date) return 'no instant';
  return typeof value === 'string' ? showMasked(value) : String(value).slice(0, 60);
}
