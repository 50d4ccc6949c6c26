import { isOfCaller } from '../pipeline/errors-of-callers.js';
import { type Addresses, explainServiceError } from '../pipeline/service-error.js';
import type { Siaran } from './siaran.js';

/**
 * The same Siaran, whose calls throw no error of a driver: each becomes a `SiaranError`, with it as the cause. What the caller's own
 * iterables and transactions throw passes untouched.
 */
export function tellServiceErrors(siaran: Siaran, addresses: Addresses): Siaran {
  const told = async (error: unknown): Promise<unknown> =>
    isOfCaller(error) ? error : ((await explainServiceError(error, addresses)) ?? error);
  const methods = new Map<string | symbol, unknown>();
  return new Proxy(siaran, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || name === 'constructor') return member;
      if (!methods.has(name)) methods.set(name, telling(member.bind(target) as Method, told));
      return methods.get(name);
    },
  });
}

type Method = (...args: unknown[]) => unknown;
type Told = (error: unknown) => Promise<unknown>;

function telling(method: Method, told: Told): Method {
  return (...args) => {
    const result = method(...args);
    if (result instanceof Promise)
      return result.catch(async (error: unknown) => {
        throw await told(error);
      });
    return isAsyncGenerator(result) ? iterate(result, told) : result;
  };
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
