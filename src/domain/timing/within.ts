/** What was asked may still be under way. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
  }
}

/** @throws {Error} when it takes longer: a service that hangs is as good as away. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
