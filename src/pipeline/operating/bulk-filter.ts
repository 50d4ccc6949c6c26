import { showMasked } from '../../domain/numbers/mask-number.js';
import { choice, faultOfValue, instant, type Judge, text, whole } from '../../domain/text/judge-value.js';
import { UsageError } from '../../errors.js';
import { type RunFilter, runKinds, runStates } from '../../store/views/run-list.js';

/** The compiler sees to it that none is forgotten. */
const judges: Readonly<Record<keyof RunFilter, Judge>> = {
  ...{ state: choice(runStates), kind: choice(runKinds) },
  ...{ name: text, account: text, campaign: text },
  ...{ since: instant, until: instant },
};

const howMany = whole(0, Number.MAX_SAFE_INTEGER, 'it is how many runs at most, a whole number such as 20');

/**
 * Refuses what doesn't say which runs are meant: what nobody looks at, or understands, would narrow nothing, and every run would fit. A
 * program without types has nothing else that tells it. @throws {UsageError}
 */
export function refuseWideFilter(filter: RunFilter, action: string, all: boolean): void {
  if (typeof filter !== 'object' || filter === null)
    throw new UsageError(`filter is ${String(filter)}; it is an object that says which runs, such as {state: "held"}.`);
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
  for (const [name, value] of asked) {
    if (!Object.hasOwn(judges, name))
      throw new UsageError(
        `${showMasked(name)} is nothing that runs are found by; they are by ${Object.keys(judges).join(', ')}.`,
      );
    refuseWrong(name, value, judges[name as keyof RunFilter]);
  }
  if (!all && asked.length === 0)
    throw new UsageError(`The filter is empty: that would ${action} every run. Narrow it, or say \`all\`.`);
}

/** Refuses what would give another list of runs than was meant. @throws {UsageError} */
export function refuseWrongList(limit: number, filter: RunFilter): void {
  refuseWrong('limit', limit, howMany);
  for (const [name, value] of Object.entries(filter))
    if (value !== undefined && Object.hasOwn(judges, name)) refuseWrong(name, value, judges[name as keyof RunFilter]);
}

function refuseWrong(name: string, value: unknown, judge: Judge): void {
  // A variable that a script forgot to set.
  if (typeof value === 'string' && value.trim() === '')
    throw new UsageError(`${name} is empty: leave it out, or say what it is.`);
  const fault = faultOfValue(name, value, judge);
  if (fault !== undefined) throw new UsageError(fault);
}
