import type { Context } from '../../context.js';
import { within } from '../../domain/timing/within.js';
import { SiaranError } from '../../errors.js';
import { describeError, explain } from '../terminal/failure.js';
import { adviceFor, type Service, startService } from './doctor-advice.js';

/** `todo` is null when all is well; it may say what would be better. */
export type Check = { check: string; ok: boolean; detail: string; todo: string | null };

/** What a check finds; `todo` of what is well says what would be better. */
export type Finding = { ok: true; detail: string; todo?: string } | { ok: false; detail: string; todo: string };

export const { Redis: startRedis, Postgres: startPostgres } = startService;

/** One service that accepts and stays silent must not keep the others' findings, nor who waits for them. */
const longestMs = 3_500;

const longestReasonMs = 1_500;

/** `otherwise`: what to do when the check itself fails, and its error doesn't tell why. */
type Checker = (name: string, otherwise: string, judge: () => Promise<Finding>) => Promise<Check>;

/** @param silent the service that hasn't answered anything yet, if it is one of the two. */
export function checker(ctx: Context, silent: () => Service | undefined = () => undefined): Checker {
  return async (name, otherwise, judge) => {
    try {
      const finding = await unlessSilent(judge());
      return { check: name, ok: finding.ok, detail: finding.detail, todo: finding.todo ?? null };
    } catch (cause) {
      const error = await within(longestReasonMs, explain(cause, ctx.config)).catch(() => cause);
      const service = otherwise === startRedis ? 'Redis' : otherwise === startPostgres ? 'Postgres' : undefined;
      const culprit = isSilence(error) && service ? (silent() ?? service) : service;
      const todo = adviceFor(error, culprit ? startService[culprit] : otherwise, culprit);
      return { check: name, ok: false, detail: describeError(error), todo };
    }
  };
}

/** @throws {SiaranError} `SILENT` when it takes longer than a person wants to wait. */
async function unlessSilent<T>(asking: Promise<T>): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  asking.then(over, over);
  return within(longestMs, asking).catch((error: unknown) => {
    throw isOver ? error : new SiaranError('SILENT', `no answer within ${longestMs / 1_000} s`, { cause: error });
  });
}

function isSilence(error: unknown): boolean {
  return error instanceof SiaranError && error.code === 'SILENT';
}

export function found(detail: string): Finding {
  return { ok: true, detail };
}
