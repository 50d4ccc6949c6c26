const givenUpMs = 15_000;

/**
 * Asks, unless the answer is still fresh or on its way: however many want it at once, it is asked for once. One that doesn't
 * come is given up after a while: its connection may be dead, and another one not.
 */
export function remembered<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (answer && performance.now() < until) return answer;
    const asked = ask();
    answer = asked;
    until = performance.now() + givenUpMs;
    const done = () => {
      if (answer === asked) until = performance.now() + freshMs;
    };
    asked.then(done, done);
    return asked;
  };
}
