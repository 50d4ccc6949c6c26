import { setTimeout as sleep } from 'node:timers/promises';

export type Repeating = {
  /** Begins no pass any more, and waits for the one that runs. */
  close(): Promise<void>;
};

/** Does it at once and then again after each pause, until it is closed. A pass that fails is only reported. */
export function repeat(everyMs: number, pass: () => Promise<void>, failed: (error: unknown) => void): Repeating {
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      await pass().catch(failed);
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
