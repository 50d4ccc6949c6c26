import { constants, createContext, runInContext } from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's environment for Node, but that globals are plain ones. Jest's own ask a Proxy at each use of `Date`, `Map` or `Math`,
 * in whatever module, which takes more time than many tests do.
 */
export default class PlainGlobals extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const jests = this.global;
    this.context = createContext(constants.DONT_CONTEXTIFY);
    this.global = runInContext('globalThis', this.context);
    const own = new Set(Reflect.ownKeys(this.global));
    for (const key of Reflect.ownKeys(jests))
      if (!own.has(key)) Object.defineProperty(this.global, key, Object.getOwnPropertyDescriptor(jests, key));
    // Node's own modules return these of their realm, and tests compare them with `instanceof`.
    Object.assign(this.global, { global: this.global, ArrayBuffer, Uint8Array });
    this.moduleMocker = new this.moduleMocker.constructor(this.global);
  }
}
