/**
 * Asks, unless the answer is still fresh or on its way: however many want it at once, it is asked for once. An answer that
 * doesn't come is waited for by all, and not asked for again beside it.
 */
export function remembered<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let until = Number.POSITIVE_INFINITY;
  return () => {
    if (answer && performance.now() < until) return answer;
    until = Number.POSITIVE_INFINITY;
    answer = ask();
    const done = () => {
      until = performance.now() + freshMs;
    };
    answer.then(done, done);
    return answer;
  };
}

/** @throws {Error} when it takes longer: a service that hangs is as good as away. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
