import type { Context } from '../context.js';
import { UnavailableError } from '../errors.js';
import { isOfCaller } from '../pipeline/errors-of-callers.js';
import { closedError, explainServiceError } from '../pipeline/service-error.js';
import { faultOfCall } from './check-call.js';
import type { Siaran } from './siaran.js';

/**
 * The same Siaran, whose calls throw no error of a driver: each becomes a `SiaranError`, with it as the cause. What the caller's own
 * iterables and transactions throw passes untouched. A call with settings that there aren't is refused, and one after `close` says so.
 */
export function tellServiceErrors(
  siaran: Siaran,
  { config: addresses, closing }: Pick<Context, 'config' | 'closing'>,
): Siaran {
  const told = async (error: unknown): Promise<unknown> =>
    isOfCaller(error) ? error : ((await explainServiceError(error, addresses)) ?? error);
  /** As the connections are gone, a call would be told that Postgres or Redis is away, and tried again for nothing. */
  const toldWhenClosed = async (error: unknown): Promise<unknown> => {
    const cause = await told(error);
    return cause instanceof UnavailableError ? closedError(cause) : cause;
  };
  const methods = new Map<string | symbol, unknown>();
  return new Proxy(siaran, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || name === 'constructor') return member;
      if (!methods.has(name)) {
        const method = member.bind(target) as Method;
        methods.set(name, (...args: unknown[]) => {
          const fault = faultOfCall(String(name), args);
          if (fault) return Promise.reject(fault);
          // From then on its connections end, and nothing that begins can do anything.
          return telling(method(...args), closing.aborted ? toldWhenClosed : told);
        });
      }
      return methods.get(name);
    },
  });
}

type Method = (...args: unknown[]) => unknown;
type Told = (error: unknown) => Promise<unknown>;

function telling(result: unknown, told: Told): unknown {
  if (result instanceof Promise)
    return result.catch(async (error: unknown) => {
      throw await told(error);
    });
  return isAsyncGenerator(result) ? iterate(result, told) : result;
}

async function* iterate(items: AsyncGenerator<unknown>, told: Told): AsyncGenerator<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw await told(error);
  }
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
