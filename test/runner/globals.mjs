// What tests import as `@jest/globals`. The runner knows no limits of time: a test that hangs would keep the others waiting.
// Far more than any takes, as a machine may be several times as slow as another.
const limitMs = 180_000;
const { describe, expect, jest } = globalThis;

// Once Jest has ended, however it did, whatever a test has left open must not keep this process.
process.once('disconnect', () => process.exit());

/** What was rejected, and nobody has dealt with: outside tests it would end the process. */
const strays = new Map();
process.on('unhandledRejection', (reason, promise) => strays.set(promise, reason));
process.on('rejectionHandled', (promise) => strays.delete(promise));

export { describe, expect, jest };
export const [beforeAll, beforeEach, afterEach, afterAll] = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'].map(
  (hook) => (run, ms) => globalThis[hook](limited(run, ms)),
);
export const test = Object.assign(limitedTest(globalThis.test), {
  skip: limitedTest(globalThis.test.skip),
  only: limitedTest(globalThis.test.only),
});
export const it = test;

function limitedTest(register) {
  const each = (...table) => {
    const registerEach = register.each(...table);
    return (name, run, ms) => registerEach(name, limited(run, ms));
  };
  return Object.assign((name, run, ms) => register(name, limited(run, ms)), { each });
}

function limited(run, ms = limitMs) {
  return async (...given) => {
    let timer;
    const over = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It took longer than ${ms} ms.`)), ms);
    });
    try {
      await Promise.race([run(...given), over]);
      // Node says a moment later that one was dealt with.
      if (strays.size > 0) await new Promise(setImmediate);
      const [stray] = strays.values();
      if (stray !== undefined) throw stray;
    } finally {
      strays.clear();
      clearTimeout(timer);
    }
  };
}
